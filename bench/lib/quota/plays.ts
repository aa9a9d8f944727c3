/**
 * Everything the quota benchmark plays, by name, so that each may be played in a separate thread.
 * @module
 */
import { playBudget } from "./budget.ts";
import { playConversations } from "./conversations.ts";
import { playLargePool } from "./large-pool.ts";
import { type Row, rounded } from "./rows.ts";
import { answersInTime, capacityOf, type Line, lineOf, linesFor } from "./scenarios.ts";
import { simulate } from "./simulate.ts";
import { play, quantile } from "./weather.ts";
import { countedOf, faultsOf, targetOf, type World, worldsFor } from "./worlds.ts";

export type Part = "quotas" | "worlds" | "figures";

export interface Play {
  readonly part: Part;
  readonly name: string;
  /** Approximate, in requests: the longest begin first. */
  readonly cost: number;
  /** Whether it measures time or memory, and so must be played alone. */
  readonly isAlone?: true;
  rows(): Promise<readonly Row[]>;
}

export type Extent = "short" | "all";

/** @param extent Of the worlds of bad weather. */
export function playsFor(seed: number, extent: Extent): readonly Play[] {
  return [
    ...linesFor(seed).map((line) => ({
      part: "quotas" as const,
      name: line.name,
      cost: requestsOf(line),
      rows: async () => [await lineRow(line)],
    })),
    ...worldsFor(seed, extent === "short").map((world) => ({
      part: "worlds" as const,
      name: world.name,
      cost: world.weather.perSecond * world.weather.seconds,
      rows: async () => [await worldRow(world)],
    })),
    { part: "figures", name: "fairness", cost: 3_000, rows: () => fairnessRows(seed) },
    { part: "figures", name: "weights", cost: 16_000, rows: async () => [await weightsRow(seed)] },
    { part: "figures", name: "burst", cost: 600, rows: async () => [await burstRow(seed)] },
    { part: "figures", name: "refusals of the request", cost: 600, rows: () => refusalRows(seed) },
    { part: "figures", name: "budget", cost: 300, rows: () => budgetRows(seed) },
    {
      part: "figures",
      name: "conversations",
      cost: 3_000,
      rows: async () => conversationRows(seed),
    },
    {
      part: "figures",
      name: "largest pool",
      cost: 0,
      isAlone: true,
      rows: async () => largestRows(seed),
    },
  ];
}

function requestsOf({ scenario }: Line): number {
  return scenario.clients.reduce((sum, { perMs }) => sum + perMs, 0) * scenario.durationMs;
}

async function lineRow(line: Line): Promise<Row> {
  const outcome = await simulate(line.scenario);
  const answers = outcome.responses.filter(({ status }) => status === 200).length;
  const refused = outcome.responses.filter(({ status }) => status === 429).length;
  const answered =
    line.of === "capacity"
      ? answersInTime(outcome, line.scenario) / capacityOf(line, outcome)
      : answers / outcome.responses.length;
  const attemptsPerAnswer = outcome.attempts / answers;
  const others = outcome.responses.length - answers - refused;
  return {
    kind: "honest quotas",
    name: line.name,
    target: `at least ${percent(line.leastShare)} of ${line.of}, at most ${line.maxAttemptsPerAnswer} attempts an answer`,
    figures: { answered: rounded(answered), attemptsPerAnswer: rounded(attemptsPerAnswer) },
    faults: [
      ...(answered >= line.leastShare ? [] : [`${percent(answered)} answered`]),
      ...(attemptsPerAnswer <= line.maxAttemptsPerAnswer
        ? []
        : [`${attemptsPerAnswer.toFixed(4)} attempts an answer`]),
      ...(others === 0 ? [] : [`${others} answers of another kind`]),
    ],
  };
}

async function worldRow(world: World): Promise<Row> {
  // The upstream's unusable keys and the like are logged there.
  const logError = console.error;
  console.error = () => {};
  const after = await play(world.weather).finally(() => {
    console.error = logError;
  });
  const judged = countedOf(world, after);
  const counted = judged.length === 0 ? after.served : judged;
  const answered = counted.filter(({ status }) => status === 200);
  const tookMs = answered.map((each) => each.tookMs);
  const attempts = answered.reduce((sum, each) => sum + each.attempts, 0);
  const retryAfters = after.served.map(({ retryAfterMs }) => retryAfterMs ?? 0);
  return {
    kind: world.kind,
    name: world.name,
    target: targetOf(world),
    figures: {
      answered: rounded(answered.length / counted.length),
      attemptsPerAnswer: rounded(attempts / answered.length),
      p50Ms: Math.round(quantile(tookMs, 0.5)),
      p99Ms: Math.round(quantile(tookMs, 0.99)),
      longestRetryAfterMs: Math.max(0, ...retryAfters),
    },
    faults: faultsOf(world, after),
  };
}

/** Responses of a token after the first minute, in which the limits can't be known yet. */
const WARM_UP_MS = 60_000;

async function fairnessRows(seed: number): Promise<readonly Row[]> {
  const crowd = lineOf(
    {
      name: "ten tokens, one offers half of 150 %",
      load: 1.5,
      minutes: 10,
      clients: (perMs) => [
        { tokenId: "at_busy", perMs: perMs * 0.75 },
        ...Array.from({ length: 9 }, (_, index) => ({
          tokenId: `at_${index}`,
          perMs: (perMs * 0.75) / 9,
        })),
      ],
    },
    seed,
  );
  const crowded = (await simulate(crowd.scenario)).responses.filter(
    ({ askedMs }) => askedMs >= crowd.scenario.startMs + WARM_UP_MS,
  );
  const fairAnswers = (crowd.capacity * 0.9) / 10;
  return crowd.scenario.clients.map(({ tokenId }) => {
    const own = crowded.filter((each) => each.tokenId === tokenId);
    const answers = own.filter(({ status }) => status === 200).length;
    const part = answers / Math.min(own.length, fairAnswers);
    return atLeast("fair shares", `${tokenId} of its fair share`, part, 0.95);
  });
}

/** In the long run: what was learned in the first window is used in the second. */
async function weightsRow(seed: number): Promise<Row> {
  const pair = lineOf(
    {
      name: "weights 10 : 1",
      load: 2,
      minutes: 20,
      clients: (perMs) => [
        { tokenId: "at_ten", perMs, weight: 10 },
        { tokenId: "at_one", perMs, weight: 1 },
      ],
    },
    seed,
  );
  const paired = (await simulate(pair.scenario)).responses.filter(
    ({ askedMs, status }) => status === 200 && askedMs >= pair.scenario.startMs + 2 * WARM_UP_MS,
  );
  const ofTen = paired.filter(({ tokenId }) => tokenId === "at_ten").length;
  const ratio = ofTen / (paired.length - ofTen);
  return atMost("fair shares", "weights 10 : 1, answers are off by", Math.abs(ratio - 10), 0.5);
}

async function burstRow(seed: number): Promise<Row> {
  const burst = lineOf(
    { name: "burst", load: 1, minutes: 0.01, clients: () => [{ tokenId: "at_one", perMs: 0.5 }] },
    seed,
  );
  const after = await simulate({ ...burst.scenario, comesBack: true });
  const cameBack = after.responses.filter(({ isSecond }) => isSecond);
  const served = cameBack.filter(({ status }) => status === 200).length / cameBack.length;
  return atLeast("single figures", "after a burst, answered at the told Retry-After", served, 1);
}

/** Requests that no key can serve leave the keys unchanged. */
async function refusalRows(seed: number): Promise<readonly Row[]> {
  const quiet = lineOf({ name: "quiet", load: 0.002, minutes: 10 }, seed).scenario;
  const large = { ...quiet, bodyBytes: 40_000 };
  const oversized = await Promise.all(
    (["google", "openai"] as const).map((style) =>
      simulate({ ...large, upstream: { ...large.upstream, style, tokensPerMinute: 5_000 } }),
    ),
  );
  const attempts = oversized.flatMap(({ responses }) => responses.map((each) => each.attempts));
  const cooled = oversized
    .flatMap(({ keys }) => keys)
    .filter(({ cooldowns }) => cooldowns.size > 0).length;

  const message = "User location is not supported for the API use.";
  const refusal = {
    status: 400,
    body: { error: { code: 400, message, status: "FAILED_PRECONDITION" } },
  };
  const region = await simulate({
    ...quiet,
    keys: 50,
    upstream: { ...quiet.upstream, always: refusal },
    clients: [{ tokenId: "at_one", perMs: 0.005 }],
  });
  const touched = region.keys.filter(
    ({ status, cooldowns }) => status !== "active" || cooldowns.size > 0,
  ).length;
  const kind = "single figures";
  return [
    atMost(kind, "oversized request, attempts", Math.max(...attempts), 2),
    atMost(kind, "oversized request, keys made to rest", cooled, 0),
    atMost(kind, "region refusal, keys touched of 50", touched, 0),
  ];
}

async function budgetRows(seed: number): Promise<readonly Row[]> {
  const { overshoot, used } = await playBudget(seed);
  const kind = "single figures";
  const what = "$1 budget, 200 at once";
  return [
    atMost(kind, `${what}: overshoot in parts of the dearest request`, overshoot, 1),
    atLeast(kind, `${what}: used when the first is refused`, used, 1),
  ];
}

function conversationRows(seed: number): readonly Row[] {
  const { onOneKey, spread } = playConversations(seed);
  const kind = "single figures";
  return [
    atLeast(kind, "20-turn conversations, turns on one key", onOneKey, 0.95),
    atMost(kind, "the same, widest distance of a key from even", spread, 0.1),
  ];
}

function largestRows(seed: number): readonly Row[] {
  const { microsecondsPerPick, bytesPerKey } = playLargePool(seed);
  const kind = "single figures";
  return [
    atMost(kind, "100,000 keys, microseconds a pick", microsecondsPerPick, 5),
    atMost(kind, "100,000 keys, bytes a key", Math.round(bytesPerKey), 1_024),
  ];
}

function atMost(kind: string, name: string, value: number, most: number): Row {
  const faults = value <= most ? [] : [`${rounded(value)} is above ${most}`];
  return { kind, name, target: `at most ${most}`, figures: { value: rounded(value) }, faults };
}

function atLeast(kind: string, name: string, value: number, least: number): Row {
  const faults = value >= least ? [] : [`${percent(value)} is below ${percent(least)}`];
  const target = `at least ${percent(least)}`;
  return { kind, name, target, figures: { atLeast: rounded(value) }, faults };
}

function percent(part: number): string {
  return `${Number((part * 100).toFixed(2))} %`;
}

/**
 * How much of the upstream quota becomes answers: the real handler and pool against simulated upstreams, in
 * virtual time, and the pool alone at its largest. The same seed gives the same figures.
 *
 * `SEED=7 npm run bench -- quota` plays another game; `WORLDS=all` all of the worlds of bad weather.
 * @module
 */
import "./lib/resolve-ts.ts";
import { writeResult } from "./lib/write-result.ts";

const { answersInTime, capacityOf, lineOf, linesFor } = await import("./lib/quota/scenarios.ts");
const { simulate } = await import("./lib/quota/simulate.ts");
const { playConversations } = await import("./lib/quota/conversations.ts");
const { playBudget } = await import("./lib/quota/budget.ts");
const { faultsOf, worldsFor } = await import("./lib/quota/worlds.ts");
const { play, quantile } = await import("./lib/quota/weather.ts");
const { playLargePool } = await import("./lib/quota/large-pool.ts");

const seed = Number(process.env.SEED ?? 1);
console.log(`seed ${seed}`);

let failures = 0;
function verdict(isRight: boolean): string {
  if (!isRight) failures += 1;
  return isRight ? "ok" : "MISSED";
}

const rows = [];
for (const line of linesFor(seed)) {
  const outcome = await simulate(line.scenario);
  const answers = outcome.told.filter(({ status }) => status === 200).length;
  const refused = outcome.told.filter(({ status }) => status === 429).length;
  const offered = outcome.told.length;
  const share =
    line.of === "capacity"
      ? answersInTime(outcome, line.scenario) / capacityOf(line, outcome)
      : answers / offered;
  const attempts = outcome.attempts / answers;
  const isRight =
    share >= line.leastShare &&
    attempts <= line.maxAttemptsPerAnswer &&
    answers + refused === offered;
  const row = {
    line: line.name,
    offered,
    answers,
    "429": refused,
    share: `${(share * 100).toFixed(1)} % of ${line.of}`,
    attemptsPerAnswer: Number(attempts.toFixed(4)),
    "": verdict(isRight),
  };
  console.log(Object.values(row).join(", "));
  rows.push(row);
}
console.table(rows);

/** Answers of a token after the first minute, in which nobody can know the limits yet. */
const WARM_UP_MS = 60_000;
const fairness = [];
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
const crowded = (await simulate(crowd.scenario)).told.filter(
  ({ askedMs }) => askedMs >= crowd.scenario.startMs + WARM_UP_MS,
);
const fairAnswers = (crowd.capacity * 0.9) / 10;
for (const { tokenId } of crowd.scenario.clients) {
  const own = crowded.filter((each) => each.tokenId === tokenId);
  const answers = own.filter(({ status }) => status === 200).length;
  const fairShare = Math.min(own.length, fairAnswers);
  const share = answers / fairShare;
  fairness.push({
    token: tokenId,
    offered: own.length,
    answers,
    ofFairShare: `${(share * 100).toFixed(1)} %`,
    "": verdict(share >= 0.95),
  });
}
console.table(fairness);

/** In the long run: what was learned in the first window is put to use in the second. */
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
const paired = (await simulate(pair.scenario)).told.filter(
  ({ askedMs, status }) => status === 200 && askedMs >= pair.scenario.startMs + 2 * WARM_UP_MS,
);
const ofTen = paired.filter(({ tokenId }) => tokenId === "at_ten").length;
const ratio = ofTen / (paired.length - ofTen);

const burst = lineOf(
  { name: "burst", load: 1, minutes: 0.01, clients: () => [{ tokenId: "at_one", perMs: 0.5 }] },
  seed,
);
const afterBurst = await simulate({ ...burst.scenario, comesBack: true });
const cameBack = afterBurst.told.filter(({ isSecond }) => isSecond);
const heldShare = cameBack.filter(({ status }) => status === 200).length / cameBack.length;

const quiet = lineOf({ name: "quiet", load: 0.002, minutes: 10 }, seed).scenario;
const large = { ...quiet, bodyBytes: 40_000 };
const oversized = await Promise.all(
  (["google", "openai"] as const).map((style) =>
    simulate({ ...large, upstream: { ...large.upstream, style, tokensPerMinute: 5_000 } }),
  ),
);
const mostAttempts = Math.max(
  ...oversized.flatMap(({ told }) => told.map(({ attempts }) => attempts)),
);
const restedForSize = oversized
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

const weather = [];
const logError = console.error;
for (const world of worldsFor(seed, process.env.WORLDS !== "all")) {
  console.error = () => {};
  const after = await play(world.weather);
  console.error = logError;
  const counted = after.served.filter(({ askedMs }) => askedMs >= world.fromMs);
  const answered = counted.filter(({ status }) => status === 200);
  const tookMs = answered.map((each) => each.tookMs);
  const sent = answered.reduce((sum, each) => sum + each.attempts, 0);
  const faults = faultsOf(world, after);
  const row = {
    world: world.name,
    asked: counted.length,
    answered: `${((answered.length / counted.length) * 100).toFixed(2)} %`,
    attemptsPerAnswer: Number((sent / answered.length).toFixed(3)),
    p50: Math.round(quantile(tookMs, 0.5)),
    p99: Math.round(quantile(tookMs, 0.99)),
    "": verdict(faults.length === 0),
  };
  console.log(Object.values(row).join(", "), faults.join("; "));
  weather.push(row);
}
console.table(weather);

const budget = await playBudget(seed);
const conversations = playConversations(seed);
const largest = playLargePool(seed);
const singles = [
  {
    what: "weights 10 : 1, ratio of answers",
    value: ratio.toFixed(2),
    "": verdict(Math.abs(ratio - 10) <= 0.5),
  },
  {
    what: "after a burst, answered at the told Retry-After",
    value: `${(heldShare * 100).toFixed(1)} %`,
    "": verdict(heldShare === 1),
  },
  { what: "oversized request, attempts", value: mostAttempts, "": verdict(mostAttempts <= 2) },
  {
    what: "oversized request, keys made to rest",
    value: restedForSize,
    "": verdict(restedForSize === 0),
  },
  { what: "region refusal, keys touched of 50", value: touched, "": verdict(touched === 0) },
  {
    what: "$1 budget, 200 at once: overshoot in parts of the dearest request",
    value: budget.overshoot.toFixed(2),
    "": verdict(budget.overshoot <= 1),
  },
  {
    what: "the same, used when the first is refused",
    value: `${(budget.used * 100).toFixed(1)} %`,
    "": verdict(budget.used >= 1),
  },
  {
    what: "20-turn conversations, turns on one key",
    value: `${(conversations.onOneKey * 100).toFixed(1)} %`,
    "": verdict(conversations.onOneKey >= 0.95),
  },
  {
    what: "the same, widest distance of a key from even",
    value: `${(conversations.spread * 100).toFixed(1)} %`,
    "": verdict(conversations.spread <= 0.1),
  },
  {
    what: "100,000 keys, microseconds a pick",
    value: largest.microsecondsPerPick.toFixed(2),
    "": verdict(largest.microsecondsPerPick < 5),
  },
  {
    what: "100,000 keys, bytes a key",
    value: Math.round(largest.bytesPerKey),
    "": verdict(largest.bytesPerKey < 1024),
  },
];
console.table(singles);
await writeResult("quota", { seed, lines: rows, fairness, weather, singles });
if (failures > 0) {
  console.error(`${failures} missed`);
  process.exitCode = 1;
}

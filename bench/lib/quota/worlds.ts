/**
 * The worlds of bad weather, and the targets of each.
 * @module
 */
import type { PoolKey } from "../../../lib/pool/types.ts";
import { NO_LIMITS } from "../../../lib/usage/token-limits.ts";
import { seededRandom } from "./random.ts";
import {
  good,
  quantile,
  type Reaction,
  refusal,
  TOKENS_AN_ANSWER,
  type Weather,
  type WeatherOutcome,
} from "./weather.ts";

export type WorldKind =
  | "hiccups"
  | "noise"
  | "dead keys"
  | "incidents"
  | "failing tiers"
  | "silent keys"
  | "tokens a minute";

export interface World {
  readonly kind: WorldKind;
  readonly name: string;
  readonly weather: Weather;
  /** Requests before this aren't counted: milliseconds since the beginning. */
  readonly fromMs: number;
  /** Nor those before this many dead keys were met, and then a live one: which of them are met first is random. */
  readonly fromMet?: number;
  /** The least share of the others that must be answered. */
  readonly leastAnswered: number;
  readonly mostAttemptsPerAnswer?: number;
  readonly mostP50Ms?: number;
  readonly mostP99Ms?: number;
  readonly mostMs?: number;
  /** Whether all keys must be in their initial state at the end. */
  readonly changesNoKey?: true;
  /** Keys that are rejected as invalid; null if not all of them can be met again in time. */
  readonly dead?: {
    readonly mostAsks: number;
    readonly mostOpen: number | null;
    /** Free checks of keys. */
    readonly mostChecks: number;
  };
  /** Whether each request is sent only once. */
  readonly asksOnce?: true;
  /** Responses in any minute. */
  readonly mostAnsweredInMinute?: number;
  /** The longest retry time for a rejected client. */
  readonly mostRetryAfterMs?: number;
  /** The least share of all requests that must be answered: those that arrive in the meantime are served afterwards. */
  readonly leastAnsweredEver?: number;
}

const SLOW_DOWN = "Too many requests, please slow down.";
const NUMBERS =
  "Rate limit reached for gpt on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 1.2s.";
/** Names a quota, but not when it renews. */
const A_MINUTE = "Rate limit reached on requests per min (RPM)";
const UNAVAILABLE = refusal(503, "Service unavailable");
const INVALID = refusal(401, "Incorrect API key provided", "invalid_api_key");

const MINUTE_MS = 60_000;
/** A healthy upstream takes no longer. */
const SLOWEST_MS = 50;
const quick = (random: () => number): Reaction => good(5 + random() * (SLOWEST_MS - 5));
const named = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** @param seed Of each world. @param isShort Only those of which the others are variations. */
export function worldsFor(seed: number, isShort: boolean): readonly World[] {
  const all = [
    ...hiccups(seed),
    ...noises(seed),
    ...deadPools(seed),
    ...incidents(seed),
    ...tiers(seed),
    ...silences(seed),
    ...tokenLimits(seed),
  ];
  return isShort ? all.filter(({ short }) => short) : all;
}

type Listed = World & { readonly short: boolean };

function hiccups(seed: number): Listed[] {
  const hints = {
    bare: {},
    "Retry-After 1": { "retry-after": "1" },
    "Retry-After 2": { "retry-after": "2" },
  };
  const wordings = [
    ...Object.entries(hints).map(([hint, headers]) => [hint, SLOW_DOWN, headers] as const),
    ["in numbers", NUMBERS, {}] as const,
    ["a minute", A_MINUTE, {}] as const,
  ];
  return [3, 5, 12, 20, 40].flatMap((keys) =>
    wordings.flatMap(([hint, message, headers]) =>
      [0, 10].flatMap((warmS) =>
        [1, 2, 3].map((lastsS): Listed => {
          const endMs = (warmS + lastsS) * 1_000;
          return {
            kind: "hiccups",
            name: `hiccup of ${lastsS} s, ${keys} keys, ${hint}, ${warmS > 0 ? "warm" : "fresh"}`,
            short: lastsS === 2 && (keys === 3 || keys === 20),
            fromMs: endMs + 5_000,
            leastAnswered: 0.995,
            mostP50Ms: 90,
            mostRetryAfterMs: message === A_MINUTE ? 60_000 : 10_000,
            ...(hint !== "bare" && message !== A_MINUTE && { leastAnsweredEver: 0.99 }),
            weather: {
              seed,
              keys: named(keys, "key"),
              perSecond: 10,
              seconds: warmS + lastsS + 25,
              deed: (_key, atMs, random) =>
                atMs >= warmS * 1_000 && atMs < endMs
                  ? refusal(429, message, "rate_limit_exceeded", headers)
                  : quick(random),
            },
          };
        }),
      ),
    ),
  );
}

function noises(seed: number): Listed[] {
  return [0.01, 0.03, 0.05].flatMap((limited) =>
    [0, 0.05].flatMap((failing) =>
      [true, false].map((isStated): Listed => {
        const noise = limited + failing;
        const headers = isStated ? { "retry-after": "2" } : {};
        return {
          kind: "noise",
          name: `${limited * 100} % 429 ${isStated ? "told" : "bare"}, ${failing * 100} % 503`,
          short: limited === 0.03,
          fromMs: 0,
          leastAnswered: 0.997,
          // Plus three standard deviations of chance.
          mostAttemptsPerAnswer: 1 + 1.3 * noise + 3 * Math.sqrt(noise / 1_000),
          mostP99Ms: 1_000,
          weather: {
            seed,
            keys: named(20, "key"),
            perSecond: 20,
            seconds: 50,
            deed: (_key, _atMs, random) => {
              const dice = random();
              if (dice < limited) return refusal(429, SLOW_DOWN, "rate_limit_exceeded", headers);
              return dice < noise ? UNAVAILABLE : quick(random);
            },
          },
        };
      }),
    ),
  );
}

interface DeadPool {
  readonly keys: number;
  readonly dead: number;
  readonly perSecond: number;
  readonly isGrowing: boolean;
  /** Whether the provider has a free call that says whether a key is valid. */
  readonly hasCheck: boolean;
}

function deadPools(seed: number): Listed[] {
  const sizes = [
    [10, 9],
    [12, 11],
    [50, 40],
    [200, 180],
    [1_000, 950],
    [10_000, 9_990],
  ] as const;
  const pools = sizes.flatMap(([keys, dead]) =>
    [2, 10].flatMap((perSecond) =>
      [false, true].map((isGrowing) => ({ keys, dead, perSecond, isGrowing, hasCheck: true })),
    ),
  );
  const unchecked = {
    ...{ keys: 1_000, dead: 950, perSecond: 2, isGrowing: true },
    hasCheck: false,
  };
  return [...pools, unchecked].map((pool) => deadPool(seed, pool));
}

function deadPool(seed: number, { keys, dead, perSecond, isGrowing, hasCheck }: DeadPool): Listed {
  const random = seededRandom(seed + keys);
  const diesMs = new Map(
    named(dead, "dead").map((key) => [key, 2_000 + (isGrowing ? random() * 20_000 : 0)]),
  );
  const all = [...named(keys - dead, "live"), ...diesMs.keys()];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] ?? "", all[last] ?? ""];
  }
  const isHuge = keys >= 10_000;
  const isFastest = keys === 1_000 && isGrowing && perSecond === 2;
  const how = `${isGrowing ? "one by one" : "at once"}, ${perSecond}/s`;
  return {
    kind: "dead keys",
    name: `${keys} keys of which ${dead} die ${how}${hasCheck ? "" : ", no free check"}`,
    short: isFastest || (!isGrowing && perSecond === 10 && (keys === 12 || keys === 200 || isHuge)),
    fromMs: 5_000,
    ...(isHuge && { fromMet: 1_500 }),
    // About 47 die in a second, and a request tries 30 keys: one in thousands meets only dead ones.
    leastAnswered: hasCheck ? 1 : 0.99,
    // A suspected key is blocked when it is tried again: five per request.
    dead: { mostAsks: 2, mostOpen: isHuge && perSecond === 2 ? null : 5, mostChecks: 2 * keys },
    weather: {
      seed,
      keys: all,
      perSecond,
      seconds: isHuge && perSecond === 2 ? 180 : isHuge && isGrowing ? 100 : 60,
      ...(!hasCheck && { provider: "perplexity-ai" }),
      deed: (key, atMs, next) => (atMs >= (diesMs.get(key) ?? atMs + 1) ? INVALID : quick(next)),
    },
  };
}

function incidents(seed: number): Listed[] {
  const failures = { "401": INVALID, "503": UNAVAILABLE };
  return Object.entries(failures).flatMap(([name, failure]) =>
    [5, 30, 300].flatMap((lastsS) =>
      [1, 5].map((callers): Listed => {
        const endMs = 10_000 + lastsS * 1_000;
        return {
          kind: "incidents",
          name: `all keys ${name} for ${lastsS} s, ${callers} callers`,
          short: lastsS === 30 || (lastsS === 5 && name === "401"),
          fromMs: endMs + 3_000,
          leastAnswered: 1,
          changesNoKey: true,
          mostP99Ms: 200,
          weather: {
            seed,
            keys: named(12, "key"),
            callers,
            perSecond: 10,
            seconds: 10 + lastsS + 15,
            deed: (_key, atMs, random) =>
              atMs >= 10_000 && atMs < endMs ? failure : quick(random),
          },
        };
      }),
    ),
  );
}

/** Four times the limit, in responses of 15 tokens, whatever each request reserves. */
function tokenLimits(seed: number): Listed[] {
  return [500, 1_000, 3_000, 5_000].flatMap((tpm) =>
    [null, 50].map((maxTokens): Listed => {
      const perSecond = (4 * tpm) / TOKENS_AN_ANSWER / 60;
      const minutes = 2;
      const allowed = Math.floor(tpm / TOKENS_AN_ANSWER) * minutes;
      return {
        kind: "tokens a minute",
        name: `${tpm} tokens a minute, ${maxTokens === null ? "without" : "with"} max_tokens`,
        short: tpm === 500,
        fromMs: 0,
        // What is left at the end of a minute may be too little for one more.
        leastAnswered:
          Math.min(0.98 * allowed, allowed - minutes) / Math.ceil(perSecond * minutes * 60),
        mostAnsweredInMinute: tpm / TOKENS_AN_ANSWER,
        weather: {
          seed,
          keys: named(5, "key"),
          perSecond,
          seconds: minutes * 60,
          limits: { ...NO_LIMITS, tpm },
          ...(maxTokens !== null && { maxTokens }),
          deed: (_key, _atMs, random) => quick(random),
        },
      };
    }),
  );
}

function tiers(seed: number): Listed[] {
  const flaky = (random: () => number) => (random() < 0.3 ? UNAVAILABLE : quick(random));
  const base = { seed, perSecond: 20, seconds: 60 };
  return [
    {
      kind: "failing tiers",
      name: "the first tier fails always, the second 30 %",
      short: true,
      fromMs: 0,
      leastAnswered: 0.999,
      weather: {
        ...base,
        keys: [
          ["first", 0],
          ["second", 1],
        ],
        deed: (key, _atMs, random) => (key === "first" ? UNAVAILABLE : flaky(random)),
      },
    },
    {
      kind: "failing tiers",
      name: "the first tier is dead, the second fails 30 %",
      short: true,
      fromMs: 3_000,
      leastAnswered: 0.999,
      weather: {
        ...base,
        keys: [...named(20, "dead").map((key) => [key, 0] as const), ["second", 1]],
        deed: (key, _atMs, random) => (key === "second" ? flaky(random) : INVALID),
      },
    },
    {
      kind: "failing tiers",
      name: "the first tier breaks every connection",
      short: true,
      fromMs: 5_000,
      leastAnswered: 0.999,
      mostAttemptsPerAnswer: 1.05,
      weather: {
        ...base,
        keys: [
          ["first", 0],
          ["second", 1],
        ],
        deed: (key, _atMs, random) =>
          key === "first" ? { kind: "reset", afterMs: 20 } : quick(random),
      },
    },
  ];
}

function silences(seed: number): Listed[] {
  const base = { seed, perSecond: 5, seconds: 90 };
  const silent: Reaction = { kind: "silence" };
  const slow = (leastMs: number, mostMs: number) => ({
    fromMs: 0,
    leastAnswered: 1,
    weather: {
      ...base,
      perSecond: 1,
      seconds: 100,
      keys: named(5, "key"),
      deed: (_key: string, _atMs: number, random: () => number) =>
        good(leastMs + random() * (mostMs - leastMs)),
    },
  });
  return [
    {
      kind: "silent keys",
      name: "one key of five is silent",
      short: true,
      fromMs: 0,
      leastAnswered: 0.995,
      mostMs: 3_000,
      weather: {
        ...base,
        keys: named(5, "key"),
        deed: (key, _atMs, random) => (key === "key-0" ? silent : quick(random)),
      },
    },
    {
      kind: "silent keys",
      name: "one key of five falls silent",
      short: true,
      fromMs: 0,
      leastAnswered: 0.995,
      mostMs: 1_500,
      weather: {
        ...base,
        keys: named(5, "key"),
        deed: (key, atMs, random) => (key === "key-0" && atMs > 20_000 ? silent : quick(random)),
      },
    },
    {
      kind: "silent keys",
      name: "the first tier's only key is silent",
      short: true,
      fromMs: 0,
      leastAnswered: 0.995,
      mostMs: 15_000,
      weather: {
        ...base,
        keys: [["first", 0], ...named(5, "second").map((key) => [key, 1] as const)],
        deed: (key, _atMs, random) => (key === "first" ? silent : quick(random)),
      },
    },
    {
      kind: "silent keys",
      name: "a model that takes 8 s",
      short: true,
      asksOnce: true,
      ...slow(7_000, 9_000),
    },
    {
      kind: "silent keys",
      name: "a model that takes 60 s",
      short: true,
      asksOnce: true,
      ...slow(55_000, 65_000),
    },
  ];
}

/** The target, as text. */
export function targetOf(world: World): string {
  const { leastAnswered, leastAnsweredEver, mostAttemptsPerAnswer, fromMs, fromMet, dead } = world;
  const percent = (part: number) => `${Number((part * 100).toFixed(2))} %`;
  const fromTime = fromMs === 0 ? "" : ` from ${fromMs / 1_000} s on`;
  const from =
    fromMet === undefined ? fromTime : ` once ${fromMet} dead keys and a live one are met`;
  return [
    `${leastAnswered === 1 ? "all" : `at least ${percent(leastAnswered)}`} answered${from}`,
    ...(leastAnsweredEver === undefined ? [] : [`${percent(leastAnsweredEver)} of all`]),
    ...(mostAttemptsPerAnswer === undefined
      ? []
      : [`at most ${mostAttemptsPerAnswer.toFixed(3)} attempts an answer`]),
    ...(world.mostP50Ms === undefined ? [] : [`p50 at most ${world.mostP50Ms} ms`]),
    ...(world.mostP99Ms === undefined ? [] : [`p99 at most ${world.mostP99Ms} ms`]),
    ...(world.mostMs === undefined ? [] : [`none over ${world.mostMs} ms`]),
    ...(world.mostRetryAfterMs === undefined
      ? []
      : [`Retry-After at most ${world.mostRetryAfterMs / 1_000} s`]),
    ...(world.mostAnsweredInMinute === undefined
      ? []
      : [`at most ${Math.floor(world.mostAnsweredInMinute)} in any minute`]),
    ...(world.asksOnce ? ["each asked once"] : []),
    ...(world.changesNoKey ? ["no key changed"] : []),
    ...(dead === undefined ? [] : [`dead keys asked at most ${dead.mostAsks} times`]),
    ...((dead?.mostOpen ?? null) === null ? [] : ["and blocked"]),
  ].join("; ");
}

/** The requests that a world's target covers. */
export function countedOf({ fromMs, fromMet }: World, { served, metMs }: WeatherOutcome) {
  const fromMetMs = fromMet === undefined ? 0 : (metMs[fromMet - 1] ?? Number.POSITIVE_INFINITY);
  const first = served.find(
    ({ askedMs, status }) => askedMs >= Math.max(fromMs, fromMetMs) && status === 200,
  );
  const beginMs = fromMet === undefined ? fromMs : (first?.askedMs ?? Number.POSITIVE_INFINITY);
  return served.filter(({ askedMs }) => askedMs >= beginMs);
}

/** Deviations from the target, as text; empty if there are none. */
export function faultsOf(world: World, after: WeatherOutcome): string[] {
  const counted = countedOf(world, after);
  const answered = counted.filter(({ status }) => status === 200);
  const tookMs = answered.map((each) => each.tookMs);
  const attempts = answered.reduce((sum, each) => sum + each.attempts, 0) / answered.length;
  const faults: string[] = [];
  const most = (what: string, value: number, limit: number | undefined) => {
    if (limit !== undefined && !(value <= limit)) faults.push(`${what}: ${value} > ${limit}`);
  };
  // In a world of keys that die one by one, a slow caller may never meet as many as its target begins with.
  const isMet = world.fromMet === undefined || after.metMs.length >= world.fromMet;
  if (isMet && !(answered.length / counted.length >= world.leastAnswered))
    faults.push(`answered: ${answered.length}/${counted.length}`);
  most("attempts an answer", attempts, world.mostAttemptsPerAnswer);
  most("p50", quantile(tookMs, 0.5), world.mostP50Ms);
  most("p99", quantile(tookMs, 0.99), world.mostP99Ms);
  most("longest", quantile(tookMs, 1), world.mostMs);
  const retryAfters = after.served.map(({ retryAfterMs }) => retryAfterMs ?? 0);
  most("longest Retry-After", Math.max(0, ...retryAfters), world.mostRetryAfterMs);
  const ever = after.served.filter(({ status }) => status === 200).length;
  if (ever < after.served.length * (world.leastAnsweredEver ?? 0))
    faults.push(`answered ever: ${ever}/${after.served.length}`);
  if (world.mostAnsweredInMinute !== undefined) {
    const times = answered.map((each) => each.askedMs + each.tookMs).sort((a, b) => a - b);
    // By response time: what was sent within a minute may be answered in slightly more or less.
    const inMinute = times.map(
      (end, index) => index + 1 - times.findIndex((start) => start > end - MINUTE_MS + SLOWEST_MS),
    );
    most("answers in a minute", Math.max(...inMinute), world.mostAnsweredInMinute);
  }
  if (world.asksOnce && answered.some((each) => each.attempts !== 1)) faults.push("asked twice");
  if (world.changesNoKey) {
    const changed = after.keys.filter(isChanged).length;
    if (changed > 0) faults.push(`${changed} keys changed`);
  }
  if (world.dead !== undefined) faults.push(...faultsOfDead(after, world.dead));
  return faults;
}

function faultsOfDead(
  { checks, keys, refused }: WeatherOutcome,
  { mostAsks, mostOpen, mostChecks }: NonNullable<World["dead"]>,
): string[] {
  const open = keys.filter(({ sealed, status }) => refused.has(sealed) && status === "active");
  const often = [...refused.values()].filter((times) => times > mostAsks).length;
  return [
    // Those tried in the last moments may be tried once more.
    ...(mostOpen !== null && open.length > mostOpen
      ? [`${open.length} dead keys are not blocked`]
      : []),
    ...(often > refused.size / 50
      ? [`${often} of ${refused.size} dead keys were asked too often`]
      : []),
    ...(checks > mostChecks ? [`${checks} free checks`] : []),
  ];
}

function isChanged({ status, cooldowns }: PoolKey): boolean {
  return status !== "active" || cooldowns.size > 0;
}

import type { Mutant } from "./mutant.ts";

const of = (file: string, tests: readonly string[] = ["lib/pool"]) => ({
  plant: (name: string, from: string, to: string): Mutant => ({
    name: `${file.slice(file.lastIndexOf("/") + 1, -3)}: ${name}`,
    file,
    from,
    to,
    tests,
  }),
});

const share = ["lib/pool/share"];
const limits = ["lib/pool/limits"];
const learn = ["lib/pool/learn", "lib/pool/limits"];
const guard = ["lib/pool/guard", "lib/pool/key-pool.test.ts"];
const schedule = ["lib/pool/schedule", "lib/pool/key-pool.test.ts", "lib/pool/invariants.test.ts"];

const fairShare = of("lib/pool/share/fair-share.ts", share);
const fairQueue = of("lib/pool/share/fair-queue.ts", share);
const groupRate = of("lib/pool/share/group-rate.ts", share);
const sendLog = of("lib/pool/limits/send-log.ts", limits);
const slidingWindow = of("lib/pool/limits/sliding-window-log.ts", limits);
const dailyQuota = of("lib/pool/limits/daily-quota.ts", limits);
const headerQuota = of("lib/pool/limits/header-quota.ts", limits);
const rateLimiter = of("lib/pool/limits/rate-limiter.ts", limits);
const limit = of("lib/pool/limits/limit.ts", limits);
const rest = of("lib/pool/limits/rest.ts", limits);
const cases = of("lib/pool/learn/learning-cases.ts", learn);
const prior = of("lib/pool/learn/shared-limit-prior.ts", learn);
const rows = of("lib/pool/learn/unnumbered-refusals.ts", learn);
const limitProbe = of("lib/pool/learn/limit-probe.ts", learn);
const fixedWindow = of("lib/pool/learn/fixed-window-estimate.ts", learn);
const tiers = of("lib/pool/schedule/tiers.ts", schedule);
const ring = of("lib/pool/schedule/ready-ring.ts", schedule);
const heap = of("lib/pool/schedule/wake-heap.ts", schedule);
const scheduler = of("lib/pool/schedule/model-scheduler.ts", schedule);
const lastResort = of("lib/pool/schedule/last-resort.ts", schedule);
const modelKeys = of("lib/pool/schedule/model-keys.ts", schedule);
const modelPool = of("lib/pool/schedule/model-pool.ts", schedule);
const group = of("lib/pool/schedule/group.ts", schedule);
const forecast = of("lib/pool/schedule/forecast.ts", schedule);
const affinity = of("lib/pool/schedule/affinity.ts", schedule);
const keyPool = of("lib/pool/key-pool.ts", [...schedule, "lib/pool/guard"]);
const registry = of("lib/pool/key-registry.ts", schedule);
const keyGuard = of("lib/pool/guard/key-guard.ts", guard);
const breaker = of("lib/pool/guard/circuit-breaker.ts", guard);
const trouble = of("lib/pool/guard/key-trouble.ts", guard);
const answerTimes = of("lib/pool/guard/answer-times.ts", guard);

export const poolMutants: readonly Mutant[] = [
  fairShare.plant(
    "the less urgent class first",
    "account.priority < own.priority",
    "account.priority > own.priority",
  ),
  fairShare.plant(
    "less urgent tokens count",
    "account.priority > own.priority) continue",
    "account.priority < own.priority) continue",
  ),
  fairShare.plant("nothing is served", ").served += 1", ").served += 0"),
  fairQueue.plant("weights turned round", "(index + 1) / weight", "(index + 1) * weight"),
  fairQueue.plant(
    "the less urgent class first",
    "flow.priority < claim.priority",
    "flow.priority > claim.priority",
  ),
  groupRate.plant(
    "a domain counted twice",
    "if (isShared && seen.has(domain)) continue;",
    "if (isShared && !seen.has(domain)) seen.size;",
  ),
  sendLog.plant("a refund adds", "this.#total -= refunded;", "this.#total += refunded;"),
  sendLog.plant(
    "a refund from any entry",
    "if (this.#size === 0 || this.#timeAt(low) !== entryMs) return;",
    "if (this.#size === 0) return;",
  ),
  slidingWindow.plant(
    "one too many",
    "Math.min(cost, this.limit) + 1",
    "Math.min(cost, this.limit)",
  ),
  dailyQuota.plant("refund of another day", "entry === this.#endMs", "entry !== this.#endMs"),
  dailyQuota.plant(
    "one too few",
    "this.#used + cost <= this.limit",
    "this.#used + cost < this.limit",
  ),
  headerQuota.plant("later sends are given back", "remaining - sinceSent", "remaining + sinceSent"),
  headerQuota.plant("refund after a reading", "entry === this.#version", "entry <= this.#version"),
  rateLimiter.plant(
    "a refused request counts",
    "for (const { limit, entry, cost } of sent.taken ?? []) limit.refund(entry, cost);",
    "",
  ),
  limit.plant(
    "the mildest limit holds",
    "earliestMs = Math.max(earliestMs, limit.",
    "earliestMs = Math.min(earliestMs, limit.",
  ),
  rateLimiter.plant(
    "answers cost nothing",
    "if (tokens > cost) limit.take(tokens - cost, nowMs);",
    "if (tokens > cost) limit.refund(entry, cost);",
  ),
  rest.plant("rests are shortened", "if (untilMs <= rest.untilMs) return rest;", ""),
  rest.plant("a late answer ends the probe", "sentMs >= rest.probe", "sentMs <= rest.probe"),
  rest.plant("guesses do not grow", "restMs * 2 **", "restMs * 1 **"),
  cases.plant(
    "every refusal is too early",
    "if (evidence.retryInMs >= windowMs * MAX_GUARD) return null;",
    "",
  ),
  cases.plant("late refusals teach", "told === null && isLate", "told === null && !isLate"),
  cases.plant(
    "a limit rises by one window",
    "if (believed === null || by <= believed) return null;",
    "if (believed === null) return null;",
  ),
  prior.plant("one domain speaks for all", "const COMMON = 3;", "const COMMON = 1;"),
  rows.plant("two refusals teach", "const TAUGHT_TIMES = 3;", "const TAUGHT_TIMES = 2;"),
  rows.plant("all counts are alike", "Math.max(count, other) / 10", "Math.max(count, other) * 10"),
  limitProbe.plant("a failure pauses nothing", "this.#nextMs = nowMs + this.#pauseMs;", ""),
  limitProbe.plant("all at once", "this.#underWay < this.#atOnce", "this.#underWay >= 0"),
  fixedWindow.plant("nothing ever fell", "limit < this.#keptTo", "limit > this.#keptTo"),
  tiers.plant("the least credit first", "b.credit - a.credit", "a.credit - b.credit"),
  tiers.plant("the lowest tier first", "a.priority - b.priority", "b.priority - a.priority"),
  tiers.plant("debts are never paid", "group.debt -= 1;", "group.debt -= 0;"),
  ring.plant("who left stays", "item.place = 0;\n    this.#left += 1;", "this.#left += 1;"),
  heap.plant("the later child rises", "right.wakeMs < child.wakeMs", "right.wakeMs > child.wakeMs"),
  scheduler.plant("who comes last stands in two rings", "this.#ready.remove(group);", ""),
  lastResort.plant(
    "nobody is recalled",
    "item.isRecalled(answeredMs())",
    "!item.isRecalled(answeredMs())",
  ),
  modelKeys.plant(
    "an owner of a lower tier",
    "owner.priority <= scheduler.highestPriority",
    "owner.priority >= scheduler.highestPriority",
  ),
  modelPool.plant(
    "pinned requests pass set limits",
    "if (allowedMs <= nowMs) return",
    "if (allowedMs >= 0) return",
  ),
  group.plant("tried keys are tried again", "!tried.has(entry.key.id) &&", ""),
  forecast.plant("a slot too few", "count > ahead", "count >= ahead"),
  affinity.plant("the busiest home", "item.load > averageLoad", "item.load < averageLoad"),
  keyPool.plant("leases settle often", "if (lease.isSettled) return false;", ""),
  keyPool.plant(
    "blocked keys are pinned",
    'if (this.get(keyId)?.status !== "active") return null;',
    "",
  ),
  registry.plant(
    "unblocking enables",
    'if (key?.status !== "blocked") return;',
    "if (key === undefined) return;",
  ),
  registry.plant(
    "rests are shortened",
    "if ((key.cooldowns.get(model)?.untilMs ?? 0) >= untilMs) return;",
    "",
  ),
  keyGuard.plant("one caller is two witnesses", "before.tokenId !== accusation.tokenId &&", ""),
  keyGuard.plant(
    "what the caller chose convicts",
    "suspicion === null || !suspicion.mayConvict",
    "suspicion === null",
  ),
  keyGuard.plant(
    "no second look",
    "suspicion.servedByOthers >= 2",
    "suspicion.servedByOthers >= 1",
  ),
  breaker.plant("one caller opens it at once", "callers.size < 2 &&", "callers.size < 1 &&"),
  breaker.plant("opens with keys left", "|| !isLast()", ""),
  trouble.plant("one failure is enough", "this.#failures >= FAILURES", "this.#failures >= 1"),
  answerTimes.plant("no patience", "TIMES_USUAL * usualMs", "usualMs / TIMES_USUAL"),
];

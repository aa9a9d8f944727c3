import { faultsIn, type Mutant } from "./mutant.ts";

const share = ["lib/pool/share"];
const limits = ["lib/pool/limits"];
const learn = ["lib/pool/learn", "lib/pool/limits"];
const guard = ["lib/pool/guard", "lib/pool/key-pool.test.ts"];
const schedule = ["lib/pool/schedule", "lib/pool/key-pool.test.ts", "lib/pool/invariants.test.ts"];

const fairShare = faultsIn("lib/pool/share/fair-share.ts", share);
const fairQueue = faultsIn("lib/pool/share/fair-queue.ts", share);
const groupRate = faultsIn("lib/pool/share/group-rate.ts", share);
const sendLog = faultsIn("lib/pool/limits/send-log.ts", limits);
const slidingWindow = faultsIn("lib/pool/limits/sliding-window-log.ts", limits);
const dailyQuota = faultsIn("lib/pool/limits/daily-quota.ts", limits);
const headerQuota = faultsIn("lib/pool/limits/header-quota.ts", limits);
const rateLimiter = faultsIn("lib/pool/limits/rate-limiter.ts", limits);
const limit = faultsIn("lib/pool/limits/limit.ts", limits);
const costCap = faultsIn("lib/pool/caps/cost-cap.ts", ["lib/pool/caps"]);
const keyCaps = faultsIn("lib/pool/caps/key-caps.ts", ["lib/pool/caps"]);
const cooldown = faultsIn("lib/pool/limits/quota-cooldown.ts", limits);
const cases = faultsIn("lib/pool/learn/learning-cases.ts", learn);
const prior = faultsIn("lib/pool/learn/shared-limit-prior.ts", learn);
const rows = faultsIn("lib/pool/learn/unnumbered-refusals.ts", learn);
const limitProbe = faultsIn("lib/pool/learn/limit-probe.ts", learn);
const fixedWindow = faultsIn("lib/pool/learn/fixed-window-estimate.ts", learn);
const tiers = faultsIn("lib/pool/schedule/tiers.ts", schedule);
const ring = faultsIn("lib/pool/schedule/ready-ring.ts", schedule);
const heap = faultsIn("lib/pool/schedule/wake-heap.ts", schedule);
const scheduler = faultsIn("lib/pool/schedule/model-scheduler.ts", schedule);
const lastResort = faultsIn("lib/pool/schedule/last-resort.ts", schedule);
const modelKeys = faultsIn("lib/pool/schedule/model-keys.ts", schedule);
const bestTier = faultsIn("lib/pool/schedule/best-tier.ts", schedule);
const setLimits = faultsIn("lib/pool/limits/set-limits.ts", limits);
const reported = faultsIn("lib/pool/limits/reported-quotas.ts", limits);
const peers = ["lib/pool/peers"];
const turns = faultsIn("lib/pool/peers/rendezvous-turns.ts", peers);
const reports = faultsIn("lib/pool/peers/report-format.ts", peers);
const activity = faultsIn("lib/pool/peers/sharing-activity.ts", peers);
const sharing = faultsIn("lib/pool/peers/model-sharing.ts", peers);
const peerUse = faultsIn("lib/pool/peers/peer-use.ts", peers);
const windowRoom = faultsIn("lib/pool/peers/window-room.ts", peers);
const board = faultsIn("lib/pool/peers/use-board.ts", [
  ...peers,
  "lib/db/state/use-exchange.test.ts",
]);
const weather = ["tests/unit/bad-weather.test.ts"];
const foresight = faultsIn("lib/pool/schedule/forecast.ts", schedule);
const slots = faultsIn("lib/pool/limits/rate-limiter.ts", weather);
const minute = faultsIn("lib/budgets/minute-limits.ts", ["lib/budgets"]);
const seats = faultsIn("lib/budgets/seats.ts", ["lib/budgets"]);
const budgets = faultsIn("lib/budgets/budgets.ts", ["lib/budgets"]);
const windowProbes = faultsIn("lib/pool/limits/window-probes.ts", schedule);
const modelPool = faultsIn("lib/pool/schedule/model-pool.ts", schedule);
const group = faultsIn("lib/pool/schedule/group.ts", schedule);
const forecast = faultsIn("lib/pool/schedule/forecast.ts", schedule);
const affinity = faultsIn("lib/pool/schedule/affinity.ts", schedule);
const keyPool = faultsIn("lib/pool/key-pool.ts", [...schedule, "lib/pool/guard"]);
const registry = faultsIn("lib/pool/key-registry.ts", schedule);
const checked = ["tests/unit/checked-others.test.ts"];
const checks = faultsIn("lib/pool/guard/key-guard.ts", checked);
const keysToCheck = faultsIn("lib/pool/guard/keys-to-check.ts", checked);
const keyGuard = faultsIn("lib/pool/guard/key-guard.ts", guard);
const breaker = faultsIn("lib/pool/guard/circuit-breaker.ts", guard);
const trouble = faultsIn("lib/pool/guard/key-trouble.ts", guard);
const answerTimes = faultsIn("lib/pool/guard/answer-times.ts", guard);

const sections = [
  "lib/pool/sections",
  "lib/db/state/known-groups.test.ts",
  "tests/unit/group-keys.test.ts",
];
const providerPools = faultsIn("lib/pool/sections/provider-pools.ts", sections);
const joinedKeys = faultsIn("lib/pool/sections/joined-keys.ts", sections);
const scope = faultsIn("lib/proxy/request-scope.ts", sections);
const knownState = faultsIn("lib/db/state/known-state.ts", sections);

export const poolMutants: readonly Mutant[] = [
  providerPools(
    "a group always uses the common keys",
    "pools: usesCommonKeys ? [...sections, this.common] : sections",
    "pools: [...sections, this.common]",
  ),
  providerPools(
    "every group uses every section",
    ".filter(({ groups }) => groups.includes(groupId))",
    "",
  ),
  providerPools(
    "shared keys come before a group's own",
    "one.groups.length - other.groups.length",
    "other.groups.length - one.groups.length",
  ),
  joinedKeys("a granted request goes on waiting elsewhere", "    other.leave(model, part);\n", ""),
  joinedKeys(
    "the last key's patience decides, not the first's",
    "untilMs = Math.min(untilMs, turn.untilMs)",
    "untilMs = turn.untilMs",
  ),
  scope("callers use every key", "caller === undefined", "caller !== undefined"),
  knownState(
    "a token of an unknown group uses common keys",
    "return { id, weight: 1, usesCommonKeys: false };",
    "return { id, weight: 1, usesCommonKeys: true };",
  ),
  knownState("a moved key forgets what was counted", "known.pool.handOver(row.id, pool);", ""),
  costCap(
    "what is reserved counts for nothing",
    "this.#reserved > 0 && this.left(nowMs) === 0",
    "false",
  ),
  costCap(
    "a request of the day before counts for this one",
    "cost === 0 || atMs < this.#sinceMs",
    "cost === 0",
  ),
  costCap("what others have written is forgotten", "Math.max(this.#spent, spent)", "this.#spent"),
  keyCaps("a place is never given back", "this.#seats?.refund(NO_ENTRY, 1);", ""),
  keyCaps(
    "a cap is recorded again and again",
    "if (this.#recorded.get(reason) === untilMs) continue;",
    "",
  ),
  fairShare(
    "the less urgent class first",
    "account.priority < own.priority",
    "account.priority > own.priority",
  ),
  fairShare(
    "less urgent tokens count",
    "account.priority > own.priority) continue",
    "account.priority < own.priority) continue",
  ),
  fairShare("nothing is served", ").served += 1", ").served += 0"),
  fairQueue("weights turned round", "(index + 1) / weight", "(index + 1) * weight"),
  fairQueue(
    "the less urgent class first",
    "flow.priority < claim.priority",
    "flow.priority > claim.priority",
  ),
  groupRate(
    "a domain counted twice",
    "if (isShared && seen.has(domain)) continue;",
    "if (isShared && !seen.has(domain)) seen.size;",
  ),
  sendLog("a refund adds", "this.#total -= refunded;", "this.#total += refunded;"),
  sendLog(
    "a refund from any entry",
    "if (this.#size === 0 || this.timeAt(low) !== entryMs) return;",
    "if (this.#size === 0) return;",
  ),
  slidingWindow("one too many", "this.limit - asked + 1", "this.limit - asked"),
  dailyQuota("refund of another day", "entry === this.#endMs", "entry !== this.#endMs"),
  dailyQuota("one too few", "+ cost <= this.limit", "+ cost < this.limit"),
  headerQuota("later sends are given back", "remaining - sinceSent", "remaining + sinceSent"),
  headerQuota("refund after a reading", "entry === this.#version", "entry <= this.#version"),
  rateLimiter(
    "a refused request counts",
    "for (const { limit, entry, cost } of sent.taken ?? []) limit.refund(entry, cost);",
    "",
  ),
  limit(
    "the mildest limit holds",
    "earliestMs = Math.max(earliestMs, limit.",
    "earliestMs = Math.min(earliestMs, limit.",
  ),
  rateLimiter(
    "answers cost nothing",
    "if (tokens > cost) limit.take(tokens - cost, nowMs);",
    "if (tokens > cost) limit.refund(entry, cost);",
  ),
  cooldown("cooldowns are shortened", "if (untilMs <= cooldown.untilMs) return cooldown;", ""),
  cooldown("a late answer ends the probe", "sentMs >= cooldown.probe", "sentMs <= cooldown.probe"),
  cooldown("guesses do not grow", "firstMs * UNEXPLAINED_COOLDOWN.growth **", "firstMs * 1 **"),
  cases(
    "every refusal is too early",
    "if (evidence.retryInMs >= windowMs * MAX_GUARD) return null;",
    "",
  ),
  cases("late refusals teach", "statedLimit === null && isLate", "statedLimit === null && !isLate"),
  cases(
    "a limit rises by one window",
    "if (believed === null || by <= believed) return null;",
    "if (believed === null) return null;",
  ),
  prior("one domain speaks for all", "const COMMON = 3;", "const COMMON = 1;"),
  rows("two refusals teach", "const TAUGHT_TIMES = 3;", "const TAUGHT_TIMES = 2;"),
  rows("all counts are alike", "Math.max(count, other) / 10", "Math.max(count, other) * 10"),
  limitProbe("a failure pauses nothing", "this.#nextMs = nowMs + this.#pauseMs;", ""),
  limitProbe("all at once", "this.#underWay < this.#atOnce", "this.#underWay <= this.#atOnce"),
  fixedWindow("nothing ever fell", "limit < this.#keptTo", "limit > this.#keptTo"),
  tiers("the least credit first", "b.credit - a.credit", "a.credit - b.credit"),
  tiers("the lowest tier first", "a.priority - b.priority", "b.priority - a.priority"),
  tiers("debts are never paid", "group.debt -= 1;", "group.debt -= 0;"),
  ring("who left stays", "item.place = 0;\n    this.#left += 1;", "this.#left += 1;"),
  heap("the later child rises", "right.wakeMs < child.wakeMs", "right.wakeMs > child.wakeMs"),
  scheduler("who comes last stands in two rings", "this.#ready.remove(group);", ""),
  lastResort(
    "nobody is recalled",
    "item.isRecalled(answeredMs())",
    "!item.isRecalled(answeredMs())",
  ),
  modelKeys(
    "an owner of a lower tier",
    "owner.priority <= scheduler.highestPriority",
    "owner.priority >= scheduler.highestPriority",
  ),
  modelPool(
    "a used quota is asked by every request",
    "if (choice?.group.limiter?.isHeldByWindow(nowMs)) this.#windowProbes.sent(nowMs);",
    "",
  ),
  windowProbes("a used quota is asked every second", "this.#gapMs * 2", "this.#gapMs"),
  modelPool(
    "pinned requests pass set limits",
    "if (allowedMs <= nowMs) return",
    "if (allowedMs >= 0) return",
  ),
  group("tried keys are tried again", "!tried.has(entry.key.id) &&", ""),
  forecast("a slot too few", "if (count > ahead) break;", "if (count >= ahead) break;"),
  affinity("the busiest home", "item.load > averageLoad", "item.load < averageLoad"),
  keyPool("leases settle often", "if (lease.isSettled) return false;", ""),
  keyPool("blocked keys are pinned", 'if (this.get(keyId)?.status !== "active") return null;', ""),
  registry(
    "unblocking enables",
    'if (key?.status !== "blocked") return;',
    "if (key === undefined) return;",
  ),
  registry(
    "cooldowns are shortened",
    "if ((key.cooldowns.get(model)?.untilMs ?? 0) >= untilMs) return;",
    "",
  ),
  keyGuard("one caller is two witnesses", "before.tokenId !== accusation.tokenId &&", ""),
  keyGuard(
    "what the caller chose convicts",
    "suspicion === null || !suspicion.mayConvict",
    "suspicion === null",
  ),
  checks(
    "every response has keys checked",
    "if (this.incident !== null || nowMs < this.#checkedMs + CHECK_GAP_MS) return false;",
    "",
  ),
  keysToCheck("only keys that worked are checked", "keys.size >= most / 2", "keys.size >= most"),
  keysToCheck(
    "blocked keys are checked",
    'key.status === "active" && trouble === null',
    "trouble === null",
  ),
  keysToCheck("the key that served is its own witness", "isInUse && key !== served.key", "isInUse"),
  keyGuard("no second look", "suspicion.servedByOthers >= 2", "suspicion.servedByOthers >= 1"),
  breaker("one caller opens it at once", "callers.size < 2 &&", "callers.size < 1 &&"),
  breaker("opens with keys left", "|| !isLast()", ""),
  trouble("one failure is enough", "this.#failures >= FAILURES", "this.#failures >= 1"),
  answerTimes("no patience", "TIMES_USUAL * usualMs", "usualMs / TIMES_USUAL"),
  bestTier(
    "the lowest tier is the best",
    "Math.min(highest, priority)",
    "Math.max(highest, priority)",
  ),
  bestTier("keys that come are forgotten", "[...this.#ring, ...more]", "[...this.#ring]"),
  setLimits("a limit changed begins anew", "isSame ? tokens : new", "!isSame ? tokens : new"),
  reported("a day's quota comes back in a minute", "isDay ? DAY_MS : null", "null"),
  foresight(
    "nobody knows, so come back in minutes",
    "if (count > before) grownMs = atMs;",
    "grownMs = atMs;\n    if (count > before) continue;",
  ),
  slots(
    "the window of a named quota is as sure as a time",
    "const isWindow = backMs === null && wanted.isWindow === true;",
    "const isWindow = false;",
  ),
  slots(
    "one request ends a cooldown of unknown limits",
    "this.#cooldown.unexplained > 0 ? 1 : room",
    "this.#cooldown.unexplained >= 0 ? 1 : room",
  ),
  minute(
    "an unused guess is not given back",
    "taken.log.refund(taken.entryMs, -more)",
    "taken.log.refund(taken.entryMs, 0)",
  ),
  minute(
    "a guess makes a minute overfull",
    "Math.min(estimate.tokens, log.left(nowMs))",
    "estimate.tokens",
  ),
  minute("what was lost is held for ever", "this.#held.delete(taken);", "this.#held.add(taken);"),
  seats("newcomers go before", "line.size === 0 && free > 0", "free > 0"),
  budgets("requests under way are free", 'unit === "requests" ? reserved[unit] : 0', "0"),
  budgets(
    "a month is never over",
    "if (this.month.endMs <= nowMs)",
    "if (this.month.endMs > nowMs)",
  ),
  turns("the highest score wins", "theirs < score ||", "theirs > score ||"),
  turns("weights don't count", "-Math.log(uniform) / weight", "-Math.log(uniform)"),
  turns(
    "the same isolate wins every turn",
    "const turn = Math.floor(nowMs / TURN_MS)",
    "const turn = Math.floor(nowMs / TURN_MS) * 0",
  ),
  turns(
    "the hash is not mixed",
    "hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)",
    "return hash",
  ),
  turns("no demand, and yet a turn", "own.weight <= 0", "own.weight < 0"),
  reports("ages are rounded up", "Math.floor((nowMs - atMs)", "Math.ceil((nowMs - atMs)"),
  reports("reports without bound", "sends.length > FINE_MAX", "sends.length < 0"),
  reports("merged sends get lost", "(encoded.pop() ?? 0) + amount", "(encoded.pop() ?? 0)"),
  reports("the last send gets lost", "index + 1 < encoded.length", "index + 3 < encoded.length"),
  reports("the oldest are recent", "?? 0) > age) break", "?? 0) < age) break"),
  activity("shares only at the limit", " * MINUTE_MS * FREE_PART", " * MINUTE_MS"),
  activity("the last minute's use is forgotten", "? this.#sent : 0", "? 0 : 0"),
  activity("follows rejections without numbers", "return !this.#isUnnumbered", "return true"),
  activity("never warms up again", "if (!isSharing) {", "if (isSharing) {"),
  sharing(
    "stated limits aren't received",
    "if (limit === 0) continue",
    "if (limit !== 0) continue",
  ),
  sharing("silent isolates keep their turns", "reportedMs < FRESH_MS", "reportedMs > FRESH_MS"),
  sharing("all probe", "peer.isolate < isolate", "peer.isolate === isolate"),
  sharing(
    "an unreported demand has a turn",
    "this.#reportedWeight === 0",
    "this.#reportedWeight < 0",
  ),
  peerUse("nothing is reserved for who waits", "if (!isWanting) return", "if (isWanting) return"),
  peerUse(
    "sends count a window too long",
    "if (endMs > nowMs) amount += sent",
    "if (endMs > nowMs - spanMs) amount += sent",
  ),
  windowRoom(
    "other isolates' use doesn't count",
    "limit - used - peers.within(spanMs, nowMs)",
    "limit - used",
  ),
  board("always due", "this.#isDue = false;", "this.#isDue = true;"),
];

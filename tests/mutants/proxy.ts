import { faultsIn, type Mutant } from "./mutant.ts";

const attempts = [
  "tests/unit/effort.test.ts",
  "tests/unit/attempts.test.ts",
  "tests/unit/pool-promises.test.ts",
];
const loop = faultsIn("lib/proxy/serve/serve-from-pool.ts", attempts);
const results = faultsIn("lib/proxy/serve/apply-result.ts", [
  ...attempts,
  "tests/unit/checked-others.test.ts",
  "tests/unit/free-call-witness.test.ts",
]);
const others = faultsIn("lib/proxy/serve/check-others.ts", ["tests/unit/checked-others.test.ts"]);
const effort = faultsIn("lib/proxy/serve/effort.ts", attempts);
const lastWord = faultsIn("lib/proxy/serve/last-word.ts", attempts);
const again = faultsIn("lib/proxy/serve/sent-again.ts", attempts);
const oversized = faultsIn("lib/proxy/request/oversized-request.ts", attempts);
const verdicts = faultsIn("lib/proxy/serve/apply-verdict.ts", [
  ...attempts,
  "tests/unit/one-caller-cannot-harm-another.test.ts",
]);
const choice = faultsIn("lib/proxy/serve/key-choice.ts", attempts);
const claim = faultsIn("lib/proxy/serve/quota-claim.ts", ["lib/proxy/serve/quota-claim.test.ts"]);
const allows = faultsIn("lib/proxy/account/token-allows.ts", [
  "lib/proxy/account/token-allows.test.ts",
]);
const headers = faultsIn("lib/proxy/route/outgoing-headers.ts", [
  "lib/proxy/route/outgoing-headers.test.ts",
]);
const tags = faultsIn("lib/proxy/request/request-tags.ts", ["tests/unit/tags.test.ts"]);
const stored = faultsIn("lib/proxy/serve/stored-access.ts", ["tests/unit/group-keys.test.ts"]);
const sockets = faultsIn("lib/proxy/sockets/socket-access.ts", [
  "lib/proxy/sockets/socket-session.test.ts",
]);
const sources = faultsIn("lib/proxy/route/model-sources.ts", ["tests/unit/group-keys.test.ts"]);
const reserve = faultsIn("lib/proxy/account/token-budget.ts", [
  "tests/unit/background-work.test.ts",
]);
const caps = faultsIn("lib/proxy/account/key-caps.ts", ["tests/unit/key-caps.test.ts"]);
const silence = faultsIn("lib/proxy/serve/silent-key.ts", [
  "tests/unit/attempts.test.ts",
  "tests/unit/bad-weather.test.ts",
]);

const recorded = ["tests/unit/recorded-answers.test.ts"];
const answerEvents = faultsIn("lib/providers/answers/answer-event.ts", recorded);
const answerEnds = faultsIn("lib/providers/answers/answer-end.ts", recorded);
const errorFacts = faultsIn("lib/providers/answers/read-error-facts.ts", recorded);
const sent = faultsIn("lib/proxy/serve/attempt.ts", recorded);

export const proxyMutants: readonly Mutant[] = [
  answerEvents("a sign of life is something to use", "if (isSignOfLife(body)) return NOTHING;", ""),
  answerEnds(
    "pings hide how a response ended",
    'if (reading !== "nothing" || protocol !== null) last.push(event);',
    "last.push(event);",
  ),
  errorFacts(
    "what is wrong with a request is the provider's fault",
    "OF_REQUEST.test(word)) ? 400 : 500",
    "OF_REQUEST.test(word)) ? 500 : 500",
  ),
  answerEvents(
    "an error without content is one",
    'isFailing(choice) || choice.finish_reason === "error")) {',
    "true)) {",
  ),
  sent(
    "a 200 without a body is an answer",
    "if (!mayBeBlank(received)) throw heldNothing(call);\n  }\n  const framing",
    "}\n  const framing",
  ),
  sent(
    "blanks with a stated length are an answer",
    'text.trim() === "" && !mayBeBlank(received)',
    "text === undefined",
  ),
  results(
    "refusals that were held back are forgotten",
    "for (const refusal of heldBack) applyVerdict(refusal, scope);",
    "",
  ),
  results("who was served convicts nobody", "convictServed(condemning, scope);", "0;"),
  results(
    "one invalid key has others checked",
    "const SEVERAL_INVALID = 2;",
    "const SEVERAL_INVALID = 1;",
  ),
  results(
    "other keys are met by clients",
    "if (convicted >= SEVERAL_INVALID) scope.keep",
    "if (convicted < 0) scope.keep",
  ),
  others(
    "checks take what the store needs",
    "Math.min(MAX_CHECKS, MAX_SENDS - scope.attempts)",
    "MAX_CHECKS",
  ),
  others("a check needs no control", 'if (control?.verdict.meaning !== "ok") return;', ""),
  others(
    "what is doubtful blocks",
    'else if (checked.verdict.effect.kind === "block") {',
    "else {",
  ),
  others(
    "a silent provider is asked on",
    "if (checked === null) isReachable = false;",
    "if (checked === null) continue;",
  ),
  lastWord(
    "a wait is the provider's silence",
    "deadline.expired && retryAtMs === null",
    "deadline.expired",
  ),
  loop(
    "waits that a key asked for are not kept",
    "if (retryAtMs > run.claim.maxWaitUntilMs) return false;",
    "return false;",
  ),
  results(
    "a key's failure is not held against it",
    "if (!request.signal.aborted) pool.fail(call.model, lease, null, ports.nowMs());",
    "",
  ),
  results(
    "what is about the request blames the key",
    "if (isAboutRequest(judged)) {",
    "if (false) {",
  ),
  effort("failures cost nothing", "this.#costly += 1;", ""),
  effort("refusals never end", "ports.nowMs() - this.#startedMs < REFUSALS_MS", "true"),
  effort("what was done is not asked", "maySendAgain(this.#call, this.#unknown) &&", ""),
  effort("many keys are tried amid an incident", "(isIncident ? PROBED_KEYS : 1)", "9"),
  effort("doubts never end", "this.#doubts < MAX_DOUBTS", "true"),
  effort("keys that do not open are tried without end", "this.#unopened < MAX_UNOPENED", "true"),
  effort("regions are tried without end", "this.#regionRefusals < MAX_REGION_REFUSALS", "true"),
  again("a job is sent twice", "unknown < MAX_UNKNOWN && !isJob(call)", "unknown < MAX_UNKNOWN"),
  again("a chat is sent for ever", "const MAX_UNKNOWN = 2;", "const MAX_UNKNOWN = 9;"),
  again("a lost answer is known", "if (LOST.has(status)) return true;", ""),
  oversized("one refusal shows the size", ".length >= 2", ".length >= 1"),
  verdicts("doubtful words block at once", "if (!condemns(judged)) {", "if (condemns(judged)) {"),
  verdicts(
    "failures are forgotten",
    "if (UPSTREAM_FAULTS.has(verdict.meaning)) pool.fail(",
    "if (!UPSTREAM_FAULTS.has(verdict.meaning)) pool.fail(",
  ),
  choice(
    "a key without quota is asked for ever",
    "if (this.#cooled.has(key.id)) this.#refuse(key.id);",
    "if (this.#cooled.has(key.id)) this.#tried.delete(key.id);",
  ),
  choice(
    "no lease is given back",
    "      this.#pool.drop(this.#call.model, this.#lease, nowMs);\n",
    "",
  ),
  claim(
    "a request waits longer than its token may",
    "Math.min(mostMs ?? LONGEST_MAX_WAIT_MS, wantedMs)",
    "wantedMs",
  ),
  allows(
    "what names no model may be written",
    'method === "GET" || method === "HEAD"',
    "method.length > 0",
  ),
  allows(
    "another provider's models are one's own",
    "scope.provider !== null && scope.provider !== provider",
    "scope.provider === provider",
  ),
  headers("withheld headers travel", "isWithheldHeader(name);", "false;"),
  headers(
    "settings for the gateway go to the provider",
    '(passage === "gateway" && route !== "gateway")',
    "false",
  ),
  silence("a silent key is not left", "isLeft = true;", "isLeft = false;"),
  tags(
    "callers override a token's tags",
    "    ...(header !== null && readHeader(header, credential)),\n    ...fixedTags,",
    "    ...fixedTags,\n    ...(header !== null && readHeader(header, credential)),",
  ),
  tags("tags keep the caller's token", "Object.entries(tags).some(", "Object.entries({}).some("),
  stored("a member's tokens reach each other's things", " && token.group?.id === groupId", ""),
  sockets(
    "a session keeps a disabled key",
    'key === undefined || key.status === "disabled"',
    "key === undefined",
  ),
  sources("a group's list is everyone's", "name: groupListName(slug, group.id)", "name: slug"),
  reserve("work that goes on holds no budget", "ports.nowMs(), work);", "ports.nowMs());"),
  caps(
    "work that goes on holds no cap",
    "if (work?.isOver === false) pool.keep",
    "if (false) pool.keep",
  ),
];

import { faultsIn, type Mutant } from "./mutant.ts";

const attempts = ["tests/unit/attempts.test.ts", "tests/unit/pool-promises.test.ts"];
const loop = faultsIn("lib/proxy/serve/serve-from-pool.ts", [
  ...attempts,
  "tests/unit/free-call-witness.test.ts",
]);
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
const silence = faultsIn("lib/proxy/serve/silent-key.ts", ["tests/unit/bad-weather.test.ts"]);

export const proxyMutants: readonly Mutant[] = [
  loop(
    "refusals that were held back are forgotten",
    "for (const refusal of heldBack) applyVerdict(refusal, scope);",
    "",
  ),
  loop("who was served convicts nobody", "convictServed(condemning, scope);", ""),
  loop(
    "a wait is the provider's silence",
    "deadline.expired && retryAtMs === null",
    "deadline.expired",
  ),
  loop("told waits are not kept", "if (keyRetryAtMs > ask.maxWaitUntilMs) break;", "break;"),
  again("a job is sent twice", "unknown < MAX_UNKNOWN && !isJob(call)", "unknown < MAX_UNKNOWN"),
  again("a chat is sent for ever", "const MAX_UNKNOWN = 2;", "const MAX_UNKNOWN = 9;"),
  again("a lost answer is known", "if (LOST.has(status)) return true;", ""),
  oversized("one refusal shows the size", ".length >= 2", ".length >= 1"),
  verdicts("doubtful words block at once", "if (!condemns(judged)) {", "if (condemns(judged)) {"),
  verdicts(
    "failures are forgotten",
    "if (NOBODYS_FAULT.has(verdict.meaning)) pool.fail(",
    "if (!NOBODYS_FAULT.has(verdict.meaning)) pool.fail(",
  ),
  choice(
    "a key without quota is asked for ever",
    "if (this.#rested.has(key.id)) this.#refuse(key.id);",
    "if (this.#rested.has(key.id)) this.#tried.delete(key.id);",
  ),
  choice(
    "no lease is given back",
    "if (this.#lease !== null) this.#pool.drop(this.#call.model, this.#lease, nowMs);",
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
];

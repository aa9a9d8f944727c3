/**
 * The attempt loop: a call goes from key to key until one answers it, or until it is clear what to say instead.
 * Nothing has been sent to the client before this returns.
 * @module
 */
import { redact } from "../crypto/redact";
import type { KeyPool } from "../pool/key-pool";
import type { PoolKey } from "../pool/types";
import type { Meaning } from "../providers/types";
import { applyVerdict, type JudgedAttempt } from "./apply-verdict";
import { type Answer, attempt, discardAnswer, type NoAnswer } from "./attempt";
import { type Deadline, pause, startDeadline } from "./deadline";
import type { ProxyCall } from "./proxy-call";
import { ProxyError } from "./proxy-error";
import type { RequestScope } from "./request-scope";

/** The answer to deliver, the key it came through, and what it took. */
export interface Served {
  readonly answer: Answer;
  readonly key: PoolKey;
}

/** Failures that say nothing about the key: worth another try after a short pause, with the same key if need be. */
const NOBODYS_FAULT: ReadonlySet<Meaning> = new Set(["overloaded", "server_error"]);

/** A region is refused where the request leaves from, whatever the key: once more may leave elsewhere. */
const MAX_REGION_ATTEMPTS = 2;

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 500;

/** @throws {ProxyError} if no upstream answer is fit to be delivered. */
export async function serveFromPool(call: ProxyCall, scope: RequestScope): Promise<Served> {
  const { config, meter, ports, request } = scope;
  const pool = ports.state.pool(call.provider.slug);
  const deadline = startDeadline(config.firstByteTimeoutMs, ports);
  const choice = new KeyChoice(pool, call);
  const maxAttempts = call.body.kind === "streamed" ? 1 : config.maxAttempts;
  /** Refusals of this model, held back until another key shows that it was the key and not the request. */
  const modelDenials: JudgedAttempt[] = [];
  let regionRefusals = 0;
  let backoffMs = FIRST_BACKOFF_MS;
  let failure: Failure | null = null;

  const backOff = async () => {
    const jitteredMs = backoffMs * (0.5 + ports.random() / 2);
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    await pause(jitteredMs, request.signal, deadline, ports);
  };

  try {
    while (scope.attempts < maxAttempts) {
      const key = choice.next(ports.nowMs());
      if (key === null) break;
      const keyText = await openKey(key, scope);
      if (keyText === null) {
        choice.refused(key);
        continue;
      }
      scope.attempts += 1;
      meter.attempting(key.id);
      if (failure?.kind === "answer") discardAnswer(failure.served.answer);
      const result = await attempt(call, keyText, deadline, scope);

      meter.attempted(attemptFacts(result, keyText));
      if (result.kind === "no-answer") {
        failure = result;
        if (!mayRepeat(call) || scope.attempts >= maxAttempts) break;
        await backOff();
        if (deadline.expired || request.signal.aborted) break;
        continue;
      }
      const served = { answer: result, key };
      const { verdict, response } = result;
      const judged = { call, key, keyText, verdict, status: response.status };
      if (verdict.meaning === "ok") {
        pool.succeed(key.id, call.model);
        for (const denial of modelDenials) applyVerdict(denial, scope);
        ports.state.record({ kind: "key-used", keyId: key.id, atMs: ports.nowMs() });
        return served;
      }
      if (verdict.meaning === "model_denied") modelDenials.push(judged);
      else applyVerdict(judged, scope);
      if (verdict.next === "deliver") return served;

      failure = { kind: "answer", served };
      if (NOBODYS_FAULT.has(verdict.meaning)) {
        if (!mayRepeat(call) || scope.attempts >= maxAttempts) break;
        await backOff();
        if (deadline.expired || request.signal.aborted) break;
        continue;
      }
      choice.refused(key);
      if (verdict.meaning === "region_denied") regionRefusals += 1;
      if (regionRefusals >= MAX_REGION_ATTEMPTS) break;
    }
    return concede(call, pool, failure, deadline, scope);
  } finally {
    deadline.clear();
  }
}

/** What the meter keeps of an attempt; null where nothing came back. */
function attemptFacts(result: Answer | NoAnswer, keyText: string) {
  if (result.kind === "no-answer") return null;
  const { meaning, rule, words } = result.verdict;
  const isOk = meaning === "ok";
  return {
    status: result.response.status,
    meaning,
    rule: isOk ? null : rule,
    words: isOk ? null : redact(words, [keyText]),
  };
}

/** The key's text; null, and a line in the log, where it cannot be opened (the secret was changed). */
async function openKey(key: PoolKey, { ports }: RequestScope): Promise<string | null> {
  try {
    return await ports.state.openKey(key);
  } catch (error) {
    console.error(
      `proxy: key ${key.id} cannot be opened:`,
      error instanceof Error ? error.message : error,
    );
    return null;
  }
}

/** Which key to try next: ready ones not tried yet, then again those that failed through nobody's fault. */
class KeyChoice {
  readonly #pool: KeyPool;
  readonly #model: string | null;
  readonly #tried = new Set<string>();
  readonly #refused = new Set<string>();
  #preferredId: string | null;

  constructor(pool: KeyPool, call: ProxyCall) {
    this.#pool = pool;
    this.#model = call.model;
    this.#preferredId = call.preferredKeyId;
  }

  next(nowMs: number): PoolKey | null {
    const key =
      this.#preferred() ??
      this.#pool.pick(this.#model, nowMs, this.#tried) ??
      this.#pool.pick(this.#model, nowMs, this.#refused);
    if (key !== null) this.#tried.add(key.id);
    return key;
  }

  refused(key: PoolKey): void {
    this.#refused.add(key.id);
  }

  #preferred(): PoolKey | null {
    const key = this.#preferredId === null ? undefined : this.#pool.get(this.#preferredId);
    this.#preferredId = null;
    return key?.status === "active" ? key : null;
  }
}

/** What the last attempt came to, if it was not an answer to deliver at once. */
type Failure = NoAnswer | { readonly kind: "answer"; readonly served: Served };

/** After the last attempt: the upstream's answer where it is the caller's business, else our own error. */
function concede(
  call: ProxyCall,
  pool: KeyPool,
  failure: Failure | null,
  deadline: Deadline,
  { config, ports, request, attempts }: RequestScope,
): Served {
  if (request.signal.aborted) throw new ProxyError("client_closed_request", "The client has left.");
  if (deadline.expired) {
    const seconds = config.firstByteTimeoutMs / 1000;
    throw new ProxyError(
      "upstream_timeout",
      `${call.provider.label} sent no answer within ${seconds} s.`,
    );
  }
  if (failure?.kind === "no-answer") {
    throw new ProxyError(
      "upstream_unreachable",
      `${call.provider.label} could not be reached in ${attempts} ${attempts === 1 ? "attempt" : "attempts"}.`,
      { cause: failure.error },
    );
  }
  if (failure !== null && !blamesKey(failure.served.answer)) return failure.served;

  const nowMs = ports.nowMs();
  const outlook = pool.outlook(call.model, nowMs);
  const forModel = call.model === null ? "" : ` for ${call.model}`;
  if (outlook.kind === "cooling") {
    const retryAfterMs = outlook.wakeMs - nowMs;
    throw new ProxyError(
      "pool_exhausted",
      `Every ${call.provider.label} key${forModel} is at its limit; the first is back in ${Math.ceil(retryAfterMs / 1000)} s.`,
      { retryAfterMs, limitSource: "pool" },
    );
  }
  if (outlook.kind === "empty" || failure === null) {
    throw new ProxyError(
      "no_provider_keys",
      `There is no usable ${call.provider.label} key${forModel} in the pool.`,
    );
  }
  // Keys are left, but this request may not try more of them.
  if (isDeadKey(failure.served.answer)) {
    throw new ProxyError(
      "no_provider_keys",
      `${call.provider.label} refused every key that was tried (${attempts}); others are left, so the request may be repeated.`,
      { retryAfterMs: 1000 },
    );
  }
  return failure.served;
}

/** Whether the answer is about our key: the caller could do nothing with it. */
function blamesKey({ verdict }: Answer): boolean {
  return verdict.effect.kind !== "none" && verdict.meaning !== "model_denied";
}

function isDeadKey({ verdict }: Answer): boolean {
  return (
    verdict.meaning === "key_invalid" ||
    verdict.meaning === "key_blocked" ||
    verdict.meaning === "key_doubtful"
  );
}

/**
 * Whether sending the call again after an unknown outcome does no harm: asking a model twice costs a few
 * tokens, creating a batch or a file twice is a second one.
 */
function mayRepeat(call: ProxyCall): boolean {
  return call.model !== null || ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].includes(call.method);
}

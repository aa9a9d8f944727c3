/**
 * The attempts: a call goes from key to key until one serves it, or until it is clear which error to return. Each
 * iteration chooses a key, sends, classifies what came back (`attempt.ts`) and applies it (`apply-result.ts`). Nothing
 * has been sent to the client before this returns.
 * @module
 */
import { redact } from "../../crypto/redact";
import type { Lease } from "../../pool/pick-result";
import type { PoolKey } from "../../pool/types";
import { reserveCaps } from "../account/key-caps";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { applyAnswer, applyNoAnswer } from "./apply-result";
import { checkUnserved } from "./apply-verdict";
import { attempt, discardAnswer } from "./attempt";
import { pause } from "./deadline";
import { lastWord } from "./last-word";
import { type PoolRun, startPoolRun } from "./pool-run";
import type { RequestClaim } from "./quota-claim";
import { makesResources, rememberResources } from "./resource-affinity";
import type { Answer, NoAnswer, Served } from "./served";

/**
 * @param claim Whose share of the quota is used.
 * @throws {ProxyError} if no upstream response is fit to be delivered.
 */
export async function serveFromPool(
  call: ProxyCall,
  claim: RequestClaim,
  scope: RequestScope,
): Promise<Served> {
  const { meter, ports } = scope;
  const whole = call.preferredKeyId === null ? null : ports.state.whole(scope.keep);
  if (whole !== null) await whole;
  const run = startPoolRun(call, claim, scope);
  const { choice, deadline, effort, reasoning } = run;
  try {
    while (effort.mayGoOn()) {
      reasoning.guide(choice, ports.nowMs());
      const turn = choice.next(deadline, scope);
      const lease = turn instanceof Promise ? await turn : turn;
      if (lease === null) break;
      const reserving = lease.hold && reserveCaps(lease, run.pool, call, scope);
      if (reserving !== null) await reserving;
      const keyText = await openKey(lease.key, scope);
      if (keyText === null) {
        run.pool.noteUnopenable(lease.key.id);
        choice.refused(lease);
        if (!effort.mayOpenAnother()) break;
        continue;
      }
      const retryAtMs = run.retryAtByKey?.get(lease.key.id) ?? 0;
      if (retryAtMs > ports.nowMs() && !(await isWorthWaiting(retryAtMs, run))) break;

      const wasLeft = noteSend(lease, run);
      const result = await attempt(reasoning.sent, keyText, deadline, scope);
      const isSilent = wasLeft();
      meter.attempted(attemptFacts(result, keyText));

      const next =
        result.kind === "answer"
          ? applyAnswer(result, lease, keyText, run)
          : applyNoAnswer(result, lease, isSilent, run);
      if (next === "again") continue;
      if (next === "stop") break;
      if (next === "pause") {
        if (!(await isAfterPause(effort.nextBackoffMs(), run))) break;
        continue;
      }
      if (next.answer.verdict.meaning !== "ok" || !makesResources(call)) return next;
      return { ...next, answer: await rememberResources(call, next.answer, next.key, scope) };
    }
    checkUnserved(run.condemning, scope);
    return lastWord(run);
  } finally {
    choice.end(ports.nowMs());
    deadline.clear();
  }
}

/** Only keys with a reported retry time are left: waits for this one, if the request may wait that long. */
async function isWorthWaiting(retryAtMs: number, run: PoolRun): Promise<boolean> {
  if (retryAtMs > run.claim.maxWaitUntilMs) return false;
  return isAfterPause(retryAtMs - run.scope.ports.nowMs(), run);
}

/** Whether, after a pause, the client is still there and there is time left. */
async function isAfterPause(ms: number, { deadline, scope }: PoolRun): Promise<boolean> {
  const { ports, request } = scope;
  await pause(ms, request.signal, deadline, ports);
  return !(deadline.expired || request.signal.aborted);
}

/** Counts an attempt. @returns Whether the key was given up in the end because it was silent. */
function noteSend(lease: Lease, run: PoolRun): () => boolean {
  const { call, choice, deadline, effort, failure, reasoning, scope } = run;
  scope.attempts += 1;
  scope.meter.attempting(lease.key.id, reasoning.dropped, call.conversion);
  if (failure?.kind === "answer") discardAnswer(failure.served.answer);
  const mayLeave = () =>
    call.preferredKeyId === null &&
    call.body.kind !== "streamed" &&
    effort.mayLeave() &&
    choice.hasOther(scope.ports.nowMs());
  return run.silence.watch(lease, deadline, mayLeave, scope.ports.nowMs());
}

/** What the meter records of an attempt; null if nothing came back. */
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

/** The key's text; null, and a line in the log, if it can't be decrypted (the secret was changed). */
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

/**
 * Looks for more invalid keys after one response has shown that several are: where many die at once, clients would
 * otherwise meet them one by one, and a request may meet more than it may try. The provider's free call is sent with a
 * bounded number of other keys, after the response, so no client waits for it.
 *
 * A key is blocked on two witnesses here as well: its own rejection, and the key that has just served, which must pass
 * the same check afterwards. Otherwise the check itself, or the provider, may be at fault, and no key is changed.
 * @module
 */
import { redact } from "../../crypto/redact";
import type { Sentence } from "../../pool/guard/key-trouble";
import type { Lease } from "../../pool/pick-result";
import type { PoolKey } from "../../pool/types";
import type { RequestScope } from "../request-scope";
import { recordEffects } from "./apply-verdict";
import { checkKey, type KeyCheckAnswer } from "./check-key";
import { MAX_SENDS } from "./effort";
import type { PoolRun } from "./pool-run";

/** Including the one of the key that has served. */
const MAX_CHECKS = 15;
/** In workerd a request can wait for six responses at a time. */
const CONCURRENCY = 5;

/**
 * Checks other keys of the pool from which a request was served. Never rejects.
 * @param lease Of the key that served.
 */
export async function checkOthers(lease: Lease, keyText: string, run: PoolRun): Promise<void> {
  const { call, pool, scope } = run;
  const { ports } = scope;
  // The attempts and the checks are subrequests of the same invocation.
  const most = Math.min(MAX_CHECKS, MAX_SENDS - scope.attempts) - 1;
  if (call.provider.keyCheck === null || most <= 0) return;
  const waiting = pool.takeChecks(call.model, lease, most, ports.nowMs()).values();
  const valid: string[] = [];
  const invalid: Sentence[] = [];
  let isReachable = true;
  const work = async () => {
    for (const key of waiting) {
      const text = isReachable ? await textOf(key, scope) : null;
      if (text === null) continue;
      const checked = await checkKey(call, text, scope);
      if (checked === null) isReachable = false;
      else if (checked.verdict.meaning === "ok") valid.push(key.id);
      else if (checked.verdict.effect.kind === "block") {
        invalid.push(sentenceOf(key.id, checked, text, run));
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (invalid.length > 0) {
    const control = await checkKey(call, keyText, scope);
    if (control?.verdict.meaning !== "ok") return;
  }
  const effects = pool.noteChecked(valid, invalid);
  if (effects.length === 0) return;
  recordEffects(effects, call.provider.slug, scope);
  const writing = ports.state.afterResponse();
  if (writing !== null) await writing;
}

/** Null if the key can't be decrypted, which a request that tries it reports. */
async function textOf(key: PoolKey, { ports }: RequestScope): Promise<string | null> {
  try {
    return await ports.state.openKey(key);
  } catch {
    return null;
  }
}

function sentenceOf(
  keyId: string,
  { verdict, status }: KeyCheckAnswer,
  keyText: string,
  { call, scope }: PoolRun,
): Sentence {
  const { meaning, rule, words } = verdict;
  const { requestId, ports } = scope;
  const atMs = ports.nowMs();
  return {
    keyId,
    provider: call.provider.slug,
    effect: { kind: "block" },
    evidence: {
      ...{ meaning, rule, status, words: redact(words, [keyText]) },
      ...{ requestId, model: null, atMs },
    },
  };
}

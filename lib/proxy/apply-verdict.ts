/**
 * What a verdict does to the pool, with the evidence for it.
 * @module
 */
import { redact } from "../crypto/redact";
import type { Lease } from "../pool/model-pool";
import { EVERY_MODEL, NO_MODEL } from "../pool/types";
import { nextMidnightMs } from "../providers/quota-day";
import type { Meaning, Verdict } from "../providers/types";
import type { Evidence } from "./ports";
import type { ProxyCall } from "./proxy-call";
import type { RequestScope } from "./request-scope";

/** A judged answer and what it was an answer to. */
export interface JudgedAttempt {
  readonly call: ProxyCall;
  readonly lease: Lease;
  readonly keyText: string;
  readonly verdict: Verdict;
  /** Upstream status. */
  readonly status: number;
}

/** Rests or blocks the key as the verdict says: at once here, and with the next flush everywhere. */
export function applyVerdict(judged: JudgedAttempt, scope: RequestScope): void {
  const { config, ports } = scope;
  const { call, lease, verdict } = judged;
  const { key } = lease;
  const { effect } = verdict;
  const pool = ports.state.pool(key.provider);
  if (verdict.quota === null) pool.drop(call.model, lease, ports.nowMs());
  if (effect.kind === "none") return;
  if (effect.kind === "block") {
    pool.block(key.id);
    const evidence = evidenceOf(judged, verdict.meaning, verdict.rule, scope);
    ports.state.record({ kind: "key-blocked", keyId: key.id, evidence });
    return;
  }
  let { untilMs } = effect;
  let { meaning, rule } = verdict;
  let isExpected = false;
  if (verdict.quota !== null) {
    const lesson = pool.refuse(call.model, lease, verdict.quota, untilMs, ports.nowMs());
    isExpected = lesson.isExpected;
    // A day quota's own rule knows better than the hints that come with it.
    if (meaning === "rate_limit_minute") untilMs = lesson.untilMs;
  }
  const isMute = !effect.told && meaning === "rate_limit_minute" && !isExpected;
  if (isMute && pool.countBare429(key.id, call.model) >= config.consecutive429Threshold) {
    untilMs = nextMidnightMs(call.provider.quotaDayZone, ports.nowMs());
    meaning = "rate_limit_day";
    rule = "consecutive-429";
  }
  const model = effect.scope === "key" ? EVERY_MODEL : (call.model ?? NO_MODEL);
  pool.cool(key.id, model, untilMs, meaning);
  const evidence = evidenceOf(judged, meaning, rule, scope);
  ports.state.record({ kind: "key-cooled", keyId: key.id, model, untilMs, evidence });
}

function evidenceOf(
  { call, keyText, verdict, status }: JudgedAttempt,
  meaning: Meaning,
  rule: string,
  { requestId, ports }: RequestScope,
): Evidence {
  return {
    meaning,
    rule,
    status,
    words: redact(verdict.words, [keyText]),
    requestId,
    model: call.model,
    atMs: ports.nowMs(),
  };
}

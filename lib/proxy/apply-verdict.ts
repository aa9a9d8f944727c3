/**
 * What a verdict does to the pool, with the evidence for it.
 * @module
 */
import { redact } from "../crypto/redact";
import { ALIKE, type KeyChange } from "../pool/brake";
import type { KeyPool } from "../pool/key-pool";
import type { Lease } from "../pool/turn";
import { NO_MODEL, type RestScope, restName } from "../pool/types";
import { nextMidnightMs } from "../providers/quota-day";
import type { Meaning, QuotaRefusal, Verdict, VerdictEffect } from "../providers/types";
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

/** Words that condemn a key. Said of many keys at once, they are doubted (see `lib/pool/brake.ts`). */
const DOUBTED: ReadonlySet<Meaning> = new Set(["key_invalid", "key_blocked", "key_doubtful"]);

/** Rests or blocks the key as the verdict says: at once here, and with the next flush everywhere. */
export function applyVerdict(judged: JudgedAttempt, scope: RequestScope): void {
  const { ports } = scope;
  const { call, lease, verdict } = judged;
  const { effect } = verdict;
  const pool = ports.state.pool(lease.key.provider);
  if (verdict.quota === null) pool.drop(call.model, lease, ports.nowMs());
  if (effect.kind === "none") return;
  const change =
    effect.kind === "block"
      ? blocking(judged, pool, scope)
      : resting(judged, effect, verdict.quota, pool, scope);
  if (!DOUBTED.has(verdict.meaning) || pool.size < ALIKE) {
    change.make();
    change.commit();
    return;
  }
  const outcome = pool.brake.failed(lease.key.id, verdict.rule, change, ports.nowMs());
  if (outcome === "ignore") {
    tellIncident(judged, effect.kind, pool, scope);
    return;
  }
  change.make();
  if (outcome === "wait") return;
  for (const doubted of outcome) doubted.undo();
  tellIncident(judged, effect.kind, pool, scope);
  console.error(
    `proxy: ${outcome.length} ${call.provider.label} keys failed alike (${verdict.rule}): no key is changed until one succeeds`,
  );
}

function tellIncident(
  { lease, keyText, verdict, status }: JudgedAttempt,
  effect: "block" | "cool",
  pool: KeyPool,
  { ports }: RequestScope,
): void {
  const { incident } = pool.brake;
  if (incident === null) return;
  ports.state.record({
    kind: "incident-seen",
    provider: lease.key.provider,
    rule: verdict.rule,
    meaning: verdict.meaning,
    status,
    words: redact(verdict.words, [keyText]),
    effect,
    keyIds: incident.keyIds,
    sinceMs: incident.sinceMs,
    atMs: ports.nowMs(),
  });
}

interface Change extends KeyChange {
  /** Does it here. */
  make(): void;
}

function blocking(judged: JudgedAttempt, pool: KeyPool, scope: RequestScope): Change {
  const keyId = judged.lease.key.id;
  const { meaning, rule } = judged.verdict;
  const evidence = evidenceOf(judged, meaning, rule, scope);
  return {
    make: () => pool.block(keyId),
    undo: () => pool.unblock(keyId),
    commit: () => scope.ports.state.record({ kind: "key-blocked", keyId, evidence }),
  };
}

function resting(
  judged: JudgedAttempt,
  effect: Extract<VerdictEffect, { kind: "cool" }>,
  quota: QuotaRefusal | null,
  pool: KeyPool,
  scope: RequestScope,
): Change {
  const { config, ports } = scope;
  const { call, lease } = judged;
  const keyId = lease.key.id;
  let { untilMs } = effect;
  let isGuess = false;
  let { meaning, rule } = judged.verdict;
  if (quota !== null) {
    const rest = { untilMs, isGuess: effect.source === "guess" };
    const lesson = pool.refuse(call.model, lease, quota, rest, ports.nowMs());
    // The pool knows a minute's quota to the millisecond; a rule's own word, and a day's, it leaves alone.
    if (meaning === "rate_limit_minute" && effect.source !== "rule") untilMs = lesson.untilMs;
    // Where nothing answers at all, it is not this key's day that is over.
    const isDay =
      effect.mayBeDay &&
      !lesson.isExpected &&
      lesson.unexplained >= config.consecutive429Threshold &&
      pool.hasAnsweredSince(lesson.unexplainedSinceMs);
    isGuess = lesson.isGuess && !isDay;
    if (isDay) {
      untilMs = nextMidnightMs(call.provider.quotaDayZone, ports.nowMs());
      meaning = "rate_limit_day";
      rule = "consecutive-429";
    }
  }
  untilMs = Math.min(untilMs, effect.latestMs);
  const rests: RestScope =
    effect.scope === "key" ? { every: true } : { every: false, model: call.model ?? NO_MODEL };
  const model = restName(rests);
  const evidence = evidenceOf(judged, meaning, rule, scope);
  return {
    make: () => pool.rest(keyId, rests, { untilMs, reason: meaning, isGuess }),
    undo: () => pool.warm(keyId, model, untilMs),
    commit: () => ports.state.record({ kind: "key-cooled", keyId, model, untilMs, evidence }),
  };
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

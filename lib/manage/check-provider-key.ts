/**
 * Asks a provider, by a call that costs nothing, whether a key is alive.
 * @module
 */
import { redact } from "../crypto/redact";
import { openSealed } from "../crypto/seal";
import { getProviderKey, resetProviderKey, updateProviderKey } from "../db/provider-keys";
import type { ProviderKeyRow } from "../db/schema";
import { judgeAnswer } from "../providers/judge-answer";
import type { Meaning, Verdict } from "../providers/types";
import { type CheckUpstream, checkRequest } from "./check-request";
import { knownProvider } from "./known-provider";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";

export interface CheckedKey {
  /**
   * `good`: the key works, and is active again; `bad`: it is blocked now; `unclear`: the answer says
   * neither; `unreachable`: there was no answer; `no_check`: the provider has no free call to ask by.
   * Only the first two change the key.
   */
  readonly outcome: "good" | "bad" | "unclear" | "unreachable" | "no_check";
  /** What the answer means; null without one. */
  readonly meaning: Meaning | null;
  /** The answer's HTTP status; null without one. */
  readonly status: number | null;
  /** The provider's words, redacted. */
  readonly words: string;
}

/** Rests that a good answer ends. Quotas and credit are not seen by a free call. */
const DOUBTS: readonly Meaning[] = ["key_doubtful"];

/** @throws {ManageError} `not_found`; `not_configured` without `KEY_ENCRYPTION_SECRET`. */
export async function checkProviderKey(
  context: ManageContext,
  id: string,
  upstream: CheckUpstream,
): Promise<CheckedKey> {
  const { db, secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  const key = await getProviderKey(db, id);
  if (key === undefined) throw new ManageError("not_found", "no such provider key");
  const provider = await knownProvider(context, key.provider);
  if (provider.keyCheck === null) return withoutAnswer("no_check", "");

  const text = await openSealed(key.sealed, secrets);
  let answer: { status: number; verdict: Verdict };
  try {
    const { url, init } = checkRequest(provider, provider.keyCheck, text, upstream);
    const response = await upstream.fetch(url, init);
    const { status, headers } = response;
    const body = await response.text();
    const verdict = judgeAnswer({ provider, status, headers, text: body, nowMs: context.nowMs() });
    answer = { status, verdict };
  } catch (error) {
    return withoutAnswer("unreachable", redact(String(error), [text]));
  }
  const { status, verdict } = answer;
  const words = redact(verdict.words, [text]);
  const outcome = outcomeOf(verdict);
  if (outcome === "good") await resetProviderKey(db, id, context.nowMs(), DOUBTS);
  if (outcome === "bad") await block(context, key, status, verdict, words);
  return { outcome, meaning: verdict.meaning, status, words };
}

function withoutAnswer(outcome: "unreachable" | "no_check", words: string): CheckedKey {
  return { outcome, meaning: null, status: null, words };
}

function outcomeOf({ meaning, effect }: Verdict): "good" | "bad" | "unclear" {
  if (meaning === "ok") return "good";
  return effect.kind === "block" ? "bad" : "unclear";
}

async function block(
  { db, nowMs, actor }: ManageContext,
  key: ProviderKeyRow,
  status: number,
  { meaning, rule }: Verdict,
  words: string,
): Promise<void> {
  // Switched off by a person: that says more.
  if (key.status === "disabled") return;
  const atMs = nowMs();
  const evidence = {
    meaning,
    rule,
    status,
    words,
    requestId: `check by ${actor.name}`,
    model: null,
    atMs,
  };
  await updateProviderKey(db, key.id, { status: "blocked", reason: meaning, evidence }, atMs);
}

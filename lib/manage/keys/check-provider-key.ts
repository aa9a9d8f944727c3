/**
 * Asks providers, free of charge, whether keys are valid.
 * @module
 */
import type { SQL } from "drizzle-orm";
import { redact } from "../../crypto/redact";
import { openSealed, SealError, type SealingSecrets } from "../../crypto/seal";
import { readSealedKeys } from "../../db/keys/provider-keys";
import type { ProviderKeyRow } from "../../db/schema/schema";
import { type KeyCheckResult, writeKeyChecks } from "../../db/state/write-key-checks";
import type { Actor } from "../../db/team/audit-log";
import { textUpTo } from "../../http/text-up-to";
import { judgeAnswer } from "../../providers/answers/judge-answer";
import { type CheckUpstream, checkRequest } from "../../providers/check-request";
import type { Meaning, Provider, Verdict } from "../../providers/types";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { auditKey, auditKeys } from "./audit-provider-keys";
import { allProviders } from "./known-provider";
import type { CheckProviderKeysInput } from "./provider-key-schemas";

export type { CheckUpstream };

export interface CheckedKey {
  /**
   * `good`: the key works, and is as after a reset; `bad`: it is now blocked; `unclear`: the response shows neither;
   * `unreachable`: there was no response; `no_check`: the provider has no free call. Only the first two change the key.
   */
  readonly outcome: "good" | "bad" | "unclear" | "unreachable" | "no_check";
  /** The response's meaning; null without one. */
  readonly meaning: Meaning | null;
  /** The response's HTTP status; null without one. */
  readonly status: number | null;
  /** The provider's message, redacted. */
  readonly words: string;
}

/** In workerd a request can wait for six responses at a time. */
const CONCURRENCY = 5;

/** @throws {ManageError} `not_found`; `not_configured` without `KEY_ENCRYPTION_SECRET`. */
export async function checkProviderKey(
  context: ManageContext,
  id: string,
  upstream: CheckUpstream,
): Promise<CheckedKey> {
  const [checked] = await checkProviderKeys(context, { ids: [id] }, upstream);
  if (checked === undefined) throw new ManageError("not_found", "no such provider key");
  const { id: _, ...outcome } = checked;
  return outcome;
}

/**
 * Checks the keys with these ids; unknown ones are left out.
 * @throws {ManageError} `not_configured` without `KEY_ENCRYPTION_SECRET`.
 */
export async function checkProviderKeys(
  context: ManageContext,
  { ids }: CheckProviderKeysInput,
  upstream: CheckUpstream,
): Promise<readonly (CheckedKey & { readonly id: string })[]> {
  const { db, secrets, nowMs, actor } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  const keys = await readSealedKeys(db, ids);
  const providers = new Map((await allProviders(context)).map((each) => [each.slug, each]));
  const checked: (CheckedKey & { readonly id: string })[] = [];
  const results: KeyCheckResult[] = [];
  const waiting = keys.values();
  const work = async () => {
    for (const key of waiting) {
      const { rule, ...outcome } = await askProvider(
        { key, provider: providers.get(key.provider), secrets, nowMs },
        upstream,
      );
      checked.push({ id: key.id, ...outcome });
      if (outcome.meaning === null) continue;
      const { meaning, status, words } = outcome;
      const found =
        outcome.outcome === "good" || outcome.outcome === "bad" ? outcome.outcome : null;
      const requestId = `check by ${actor.name}`;
      const evidence = { meaning, rule, status: status ?? 0, words, requestId, model: null };
      results.push({ key, found, evidence: { ...evidence, atMs: nowMs() } });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const atMs = nowMs();
  await writeKeyChecks(db, results, atMs, auditChecks(actor, keys, results, atMs));
  return checked;
}

function auditChecks(
  actor: Actor,
  keys: readonly ProviderKeyRow[],
  results: readonly KeyCheckResult[],
  atMs: number,
): SQL {
  const [key] = keys;
  const count = (found: KeyCheckResult["found"]) =>
    results.filter((result) => result.found === found).length;
  if (key !== undefined && keys.length === 1) {
    const meaning = results[0]?.evidence.meaning;
    return auditKey(actor, "check", key, atMs, { after: { meaning } });
  }
  const after = { good: count("good"), bad: count("bad"), unclear: count(null) };
  return auditKeys(actor, "check", { ids: keys.map(({ id }) => id) }, atMs, after);
}

type Answer = CheckedKey & { readonly rule: string };

interface Question {
  readonly key: ProviderKeyRow;
  /** Undefined if the provider was removed and its keys stayed. */
  readonly provider: Provider | undefined;
  readonly secrets: SealingSecrets;
  readonly nowMs: () => number;
}

/** Lists of models are the longest responses to a check. */
const BODY_MAX_BYTES = 4 * 1024 * 1024;

async function askProvider(
  { key, provider, secrets, nowMs }: Question,
  upstream: CheckUpstream,
): Promise<Answer> {
  if (!provider?.keyCheck) return withoutAnswer("no_check", "");
  let text = "";
  try {
    text = await openSealed(key.sealed, secrets, key);
    const { url, init } = checkRequest(provider, provider.keyCheck, text, upstream);
    const response = await upstream.fetch(url, init);
    const { status, headers } = response;
    const body = await textUpTo(response, BODY_MAX_BYTES);
    const verdict = judgeAnswer({ provider, status, headers, text: body, nowMs: nowMs() });
    const { meaning, rule } = verdict;
    const words = redact(verdict.words, [text]);
    return { outcome: outcomeOf(verdict), meaning, status, words, rule };
  } catch (error) {
    if (error instanceof SealError) return withoutAnswer("unclear", error.message);
    return withoutAnswer("unreachable", redact(String(error), [text]));
  }
}

function withoutAnswer(outcome: "unreachable" | "unclear" | "no_check", words: string): Answer {
  return { outcome, meaning: null, status: null, words, rule: "" };
}

function outcomeOf({ meaning, effect }: Verdict): "good" | "bad" | "unclear" {
  if (meaning === "ok") return "good";
  return effect.kind === "block" ? "bad" : "unclear";
}

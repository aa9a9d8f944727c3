/**
 * A provider key as pages show it.
 * @module
 */

import type { ListedProviderKey } from "../../db/keys/provider-keys";
import type { KeyEvidence } from "../../db/state/key-events";
import type { LimitRule } from "../../pool/types";

/** `cooling`: active, and in cooldown for at least one model. */
export type KeyState = "ready" | "cooling" | "blocked" | "disabled";

/** Times are epoch milliseconds. */
export interface ProviderKeyView {
  readonly id: string;
  readonly provider: string;
  readonly masked: string;
  readonly state: KeyState;
  /** Current ones, the one that ends last first. */
  readonly cooldowns: readonly CooldownView[];
  /** A meaning of `lib/providers/types.ts`, or `manual`; null if the state needs no reason. */
  readonly reason: string | null;
  /** The upstream's message, redacted; empty if there was none. */
  readonly words: string;
  /** An accusation that lacks a second witness, so that the key is used last; null for none. */
  readonly suspicion: KeyEvidence | null;
  readonly remark: string | null;
  readonly weight: number;
  readonly priority: number;
  readonly quotaDomain: string | null;
  /** Ids of the groups that it serves; null: everyone. */
  readonly groups: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly limits: readonly LimitRule[] | null;
  /** Caps; null for none. */
  readonly concurrentRequests: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
  /** The name of who added it; null if unknown. */
  readonly addedBy: string | null;
  readonly createdAtMs: number;
  /** To the hour; null if never. */
  readonly lastUsedAtMs: number | null;
}

export interface CooldownView {
  /** `*` for every model; empty for calls that name none. */
  readonly model: string;
  readonly untilMs: number;
  readonly reason: string;
}

export function viewProviderKey(
  key: ListedProviderKey,
  names: ReadonlyMap<string, string>,
  suspicions: ReadonlyMap<string, KeyEvidence>,
): ProviderKeyView {
  const { evidence, version, resetAtMs, updatedAtMs, createdBy, status, ...same } = key;
  const cooldowns = key.cooldowns
    .map(({ model, untilMs, reason }) => ({ model, untilMs, reason }))
    .toSorted((a, b) => b.untilMs - a.untilMs);
  const state = status === "active" ? (cooldowns.length > 0 ? "cooling" : "ready") : status;
  const [first] = key.cooldowns.toSorted((a, b) => b.untilMs - a.untilMs);
  return {
    ...same,
    state,
    cooldowns,
    reason: state === "cooling" ? (first?.reason ?? null) : key.reason,
    words:
      (state === "cooling" ? first?.evidence.words : state === "blocked" && evidence?.words) || "",
    suspicion: suspicions.get(key.id) ?? null,
    addedBy: (createdBy && names.get(createdBy)) ?? null,
  };
}

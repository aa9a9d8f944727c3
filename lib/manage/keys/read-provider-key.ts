import { getProviderKey } from "../../db/keys/provider-keys";
import type { KeyEventKind } from "../../db/schema/schema";
import {
  findSuspicions,
  type KeyEvidence,
  listKeyAudit,
  listKeyEvents,
} from "../../db/state/key-events";
import { findActorNames } from "../../db/team/actor-names";
import { notOwn, ownGroups } from "../groups/group-access";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type CooldownView, type ProviderKeyView, viewProviderKey } from "./provider-key-view";

/** Times are epoch milliseconds. */
export interface ProviderKeyDetail {
  readonly key: ProviderKeyView;
  /** Whether the reader, a group's admin, may switch it off and on. */
  readonly isTended: boolean;
  /** Why it is blocked, or was before it was disabled; null if neither. */
  readonly evidence: KeyEvidence | null;
  readonly cooldowns: readonly (CooldownView & { readonly evidence: KeyEvidence })[];
  /** Newest first. */
  readonly history: readonly KeyHistoryEntry[];
}

export type KeyHistoryEntry =
  | {
      /** It was automatic. */
      readonly by: "event";
      readonly id: string;
      readonly kind: KeyEventKind;
      readonly model: string | null;
      readonly untilMs: number | null;
      readonly evidence: KeyEvidence | null;
      readonly atMs: number;
    }
  | {
      /** A person did it. */
      readonly by: "person";
      readonly id: string;
      /** Such as `provider-key.update`. */
      readonly action: string;
      readonly actor: string;
      readonly before: Readonly<Record<string, unknown>> | null;
      readonly after: Readonly<Record<string, unknown>> | null;
      /** How many keys it was done to. */
      readonly count: number;
      readonly atMs: number;
    };

const HISTORY_MAX = 100;

/** One key with everything that explains it. @throws {ManageError} `not_found`, also for one that may not be shown. */
export async function readProviderKey(
  context: ManageContext,
  id: string,
): Promise<ProviderKeyDetail> {
  const { db, shownTo, nowMs } = context;
  const [key, events, audit, suspicions, own] = await Promise.all([
    getProviderKey(db, id, nowMs(), shownTo),
    listKeyEvents(db, id, HISTORY_MAX),
    listKeyAudit(db, id, HISTORY_MAX),
    findSuspicions(db, [id], nowMs()),
    ownGroups(context),
  ]);
  if (key === undefined) throw new ManageError("not_found", "no such provider key");
  const names = await findActorNames(db, key.createdBy === null ? [] : [key.createdBy]);
  const history: KeyHistoryEntry[] = [
    ...events.map(({ keyId, provider, ...event }) => ({ by: "event" as const, ...event })),
    ...audit.map(({ id: entryId, action, actorName, before, after, count, atMs }) => ({
      by: "person" as const,
      id: entryId,
      action,
      actor: actorName,
      before,
      after: after && withoutIds(after),
      count,
      atMs,
    })),
  ];
  return {
    key: viewProviderKey(key, names, suspicions),
    isTended: own !== null && notOwn(own, key.groups) === null,
    evidence: key.evidence,
    cooldowns: key.cooldowns
      .map(({ model, untilMs, reason, evidence }) => ({ model, untilMs, reason, evidence }))
      .toSorted((a, b) => b.untilMs - a.untilMs),
    history: history.toSorted((a, b) => b.atMs - a.atMs).slice(0, HISTORY_MAX),
  };
}

/** The other keys that were changed along with it don't matter here. */
function withoutIds({ ids, ...after }: Readonly<Record<string, unknown>>) {
  return after;
}

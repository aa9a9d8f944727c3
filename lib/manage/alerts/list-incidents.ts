import { findHiddenKeys } from "../../db/keys/visible-keys";
import type { IncidentRow } from "../../db/schema/incident-schema";
import { findVerdicts } from "../../db/state/key-events";
import { QUIET_MS, listIncidents as readIncidents } from "../../db/team/incidents";
import { findUsageNames } from "../../db/usage/usage-names";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import type { ListIncidentsInput } from "./incident-schemas";

/** Many keys of one provider failed in the same way. Times are epoch milliseconds. */
export interface IncidentItem
  extends Pick<IncidentRow, "provider" | "rule" | "meaning" | "status" | "words" | "effect"> {
  readonly id: string;
  /** The provider's name. */
  readonly label: string;
  /** Those that were suspected first: what was done to them was undone. */
  readonly keys: readonly {
    readonly id: string;
    /** Null if the key is gone. */
    readonly masked: string | null;
    /** What happened to it during the incident or shortly after: blocked by a second witness, or it worked. */
    readonly verdict: "convicted" | "acquitted" | null;
  }[];
  readonly openedAt: number;
  readonly lastSeenAt: number;
  /** Null while it continues. */
  readonly endedAt: number | null;
  /** What ended it: a key that worked, or half an hour without a sighting. */
  readonly endedBy: "answer" | "quiet" | null;
}

const INCIDENTS_MAX = 100;
const BEFORE_MS = 60_000;
const AFTER_MS = 30 * 60_000;
const VERDICTS = { blocked: "convicted", cleared: "acquitted", none: null } as const;

/** The latest first; without those that concern only keys that may not be shown. */
export async function listIncidents(
  context: ManageContext,
  { provider, limit = INCIDENTS_MAX }: ListIncidentsInput,
): Promise<readonly IncidentItem[]> {
  const { db, nowMs, shownTo } = context;
  const found = await readIncidents(db, provider, limit);
  if (found.length === 0) return [];
  const ids = [...new Set(found.flatMap(({ keyIds }) => keyIds))];
  const [masked, hidden, providers] = await Promise.all([
    findUsageNames(db, ids, shownTo),
    findHiddenKeys(db, ids, shownTo),
    allProviders(context),
  ]);
  const rows = found
    .map((row) => ({ ...row, keyIds: row.keyIds.filter((id) => !hidden.has(id)) }))
    .filter(({ keyIds }, index) => keyIds.length > 0 || found[index]?.keyIds.length === 0);
  const verdicts = await findVerdicts(
    db,
    rows.map(({ keyIds, openedAtMs, lastSeenMs, closedAtMs }) => ({
      keyIds,
      // Suspected before the incident was noticed, and decided when keys work again.
      fromMs: openedAtMs - BEFORE_MS,
      toMs: (closedAtMs ?? lastSeenMs) + AFTER_MS,
    })),
  );
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  return rows.map(({ keyIds, openedAtMs, lastSeenMs, closedAtMs, ...incident }, index) => {
    const isQuiet = closedAtMs === null && nowMs() - lastSeenMs > QUIET_MS;
    return {
      ...incident,
      label: labels.get(incident.provider) ?? incident.provider,
      keys: keyIds.map((id) => ({
        id,
        masked: masked.get(id) ?? null,
        verdict: VERDICTS[verdicts[index]?.get(id) ?? "none"],
      })),
      openedAt: openedAtMs,
      lastSeenAt: lastSeenMs,
      endedAt: isQuiet ? lastSeenMs : closedAtMs,
      endedBy: isQuiet ? ("quiet" as const) : closedAtMs === null ? null : ("answer" as const),
    };
  });
}

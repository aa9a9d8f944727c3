/**
 * What happened in a range of time that may explain its figures.
 * @module
 */
import { readAuditEntries } from "../../db/team/audit-entries";
import type { TimeRange } from "../../usage/figures/compared-ranges";
import { listIncidents } from "../alerts/list-incidents";
import type { ManageContext } from "../manage-context";

export type Mark =
  | {
      readonly kind: "incident";
      readonly id: string;
      readonly atMs: number;
      /** Null while it continues. */
      readonly untilMs: number | null;
      readonly provider: string;
      /** The provider's name. */
      readonly label: string;
    }
  | {
      readonly kind: "change";
      readonly id: string;
      readonly atMs: number;
      /** Such as `settings.update`. */
      readonly action: string;
      readonly actor: string;
      /** The name of what was changed; may be empty. */
      readonly subject: string;
    }
  | {
      readonly kind: "deployment";
      readonly id: string;
      readonly atMs: number;
      /** Such as `0.1.0+3f2a91c`. */
      readonly version: string;
    };

const MOST_INCIDENTS = 50;
const MOST_CHANGES = 200;
const MOST_DEPLOYMENTS = 50;
const MOST_MARKS = 50;

/** Areas of actions that change what requests do. */
const TELLING: ReadonlySet<string> = new Set([
  ...["access-token", "budget", "custom-provider", "group", "model-alias", "provider-key"],
  ...["quota-limits", "settings"],
]);

/** Reading changes nothing. */
const READING: ReadonlySet<string> = new Set(["check", "export", "export-secrets", "fill"]);

function isTelling(action: string): boolean {
  const [area = "", verb = ""] = action.split(".");
  return TELLING.has(area) && !READING.has(verb);
}

/**
 * The latest first.
 * @param provider Incidents of others are left out.
 * @param withChanges Whether the reader may see the audit log.
 */
export async function listMarks(
  context: ManageContext,
  { fromMs, toMs }: TimeRange,
  {
    provider,
    withChanges,
  }: { readonly provider?: string | undefined; readonly withChanges: boolean },
): Promise<readonly Mark[]> {
  const logged = { fromMs, toMs };
  const [incidents, changes, deployments] = await Promise.all([
    listIncidents(context, { provider, limit: MOST_INCIDENTS }),
    withChanges ? readAuditEntries(context.db, logged, { limit: MOST_CHANGES }) : [],
    readAuditEntries(
      context.db,
      { ...logged, subjectKind: "deployment" },
      { limit: MOST_DEPLOYMENTS },
    ),
  ]);
  const marks: Mark[] = [
    ...incidents
      .filter(({ openedAt, endedAt }) => openedAt < toMs && (endedAt ?? toMs) >= fromMs)
      .map(({ id, openedAt, endedAt, provider: slug, label }) => ({
        kind: "incident" as const,
        ...{ id, atMs: Math.max(openedAt, fromMs), untilMs: endedAt, provider: slug, label },
      })),
    ...changes
      .filter(({ action }) => isTelling(action))
      .map(({ id, atMs, action, actorName, subjectName }) => ({
        kind: "change" as const,
        ...{ id, atMs, action, actor: actorName, subject: subjectName },
      })),
    ...deployments
      // What an instance began with replaced nothing.
      .filter(({ before }) => before !== null)
      .map(({ id, atMs, subjectName: version }) => ({
        kind: "deployment" as const,
        ...{ id, atMs, version },
      })),
  ];
  return marks.toSorted((a, b) => b.atMs - a.atMs).slice(0, MOST_MARKS);
}

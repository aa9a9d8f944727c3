import {
  type KeySettings,
  type PreviousSettings,
  changeProviderKeys as writeChange,
} from "../../db/keys/change-provider-keys";
import { assertGroups } from "../groups/find-group";
import { withGroups } from "../groups/with-groups";
import type { ManageContext } from "../manage-context";
import { auditKeys } from "./audit-provider-keys";
import type { ChangeProviderKeysInput, UndoProviderKeysInput } from "./provider-key-schemas";

export interface ChangedProviderKeys {
  readonly changed: number;
  /** Input of `undoProviderKeys`; null if nothing was changed, or it can't be undone. */
  readonly undo: UndoProviderKeysInput | null;
}

/** An undo is sent to the browser and back. */
const UNDO_MAX_CHARS = 1_000_000;

/** Changes the keys with these ids, or all that match a filter. Unknown ids are no error. */
export async function changeProviderKeys(
  context: ManageContext,
  { target, change }: ChangeProviderKeysInput,
): Promise<ChangedProviderKeys> {
  const { db, nowMs, actor } = context;
  if (change.kind === "set") await assertGroups(context, change.settings.groups ?? [], "groups");
  const filter = "ids" in target ? { ids: target.ids } : target.filter;
  const atMs = nowMs();
  const audit = auditKeys(actor, change.kind, filter, atMs, detailsOf(change));
  const { changed, previous } = await withGroups(writeChange(db, filter, change, atMs, audit));
  if (previous === null || previous.length === 0) return { changed, undo: null };
  const undo = undoOf(change, previous);
  return { changed, undo: JSON.stringify(undo).length > UNDO_MAX_CHARS ? null : undo };
}

function detailsOf(change: ChangeProviderKeysInput["change"]) {
  if (change.kind === "set") return change.settings;
  return change.kind === "end-cooldowns" && change.model !== undefined
    ? { model: change.model }
    : {};
}

function undoOf(
  change: ChangeProviderKeysInput["change"],
  previous: readonly PreviousSettings[],
): UndoProviderKeysInput | null {
  switch (change.kind) {
    case "disable":
    case "enable":
      return { kind: change.kind, ids: previous.map(({ id }) => id) };
    case "set": {
      const columns = settingsIn(change.settings);
      const groups = Map.groupBy(previous, (key) => JSON.stringify(pick(key, columns)));
      return {
        kind: "set",
        groups: [...groups].map(([settings, keys]) => ({
          ids: keys.map(({ id }) => id),
          settings: JSON.parse(settings),
        })),
      };
    }
    case "unblock":
    case "end-cooldowns":
      return null;
  }
}

/** The settings that an object changes. */
export function settingsIn(
  settings: Partial<Record<keyof KeySettings, unknown>>,
): (keyof KeySettings)[] {
  const columns = [
    ...["remark", "weight", "priority", "quotaDomain", "groups", "models", "limits"],
    ...["concurrentRequests", "dailyCostUsd", "monthlyCostUsd"],
  ] as readonly (keyof KeySettings)[];
  return columns.filter((column) => settings[column] !== undefined);
}

function pick(key: PreviousSettings, columns: readonly (keyof KeySettings)[]) {
  return Object.fromEntries(columns.map((column) => [column, key[column]]));
}

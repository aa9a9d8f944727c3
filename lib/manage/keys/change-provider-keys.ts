import {
  type KeyKeeper,
  type KeySettings,
  type PreviousSettings,
  changeProviderKeys as writeChange,
} from "../../db/keys/change-provider-keys";
import type { ProviderKeyFilter } from "../../db/keys/provider-key-filter";
import { assertGroups } from "../groups/find-group";
import { withGroups } from "../groups/with-groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { auditKeys } from "./audit-provider-keys";
import type { ChangeProviderKeysInput, UndoProviderKeysInput } from "./provider-key-schemas";

export interface ChangedProviderKeys {
  readonly changed: number;
  /** Input of `undoProviderKeys`; null if nothing was changed, or it can't be undone. */
  readonly undo: UndoProviderKeysInput | null;
}

/** An undo is sent to the browser and back. */
const UNDO_MAX_CHARS = 1_000_000;

/**
 * Changes the keys with these ids, or all that match a filter. Unknown ids are no error, and neither are those of keys
 * that a group's admin doesn't tend, or that an admin of the team disabled.
 * @throws {ManageError} `invalid_input` if a group's admin does more than switch keys off and on.
 */
export async function changeProviderKeys(
  context: ManageContext,
  { target, change }: ChangeProviderKeysInput,
): Promise<ChangedProviderKeys> {
  const { db, nowMs, actor } = context;
  if (change.kind === "set") await assertGroups(context, change.settings.groups ?? [], "groups");
  const filter = tendedOnly(context, "ids" in target ? { ids: target.ids } : target.filter);
  const isSwitch = change.kind === "disable" || change.kind === "enable";
  if (!isSwitch) assertTendsAll(context);
  const atMs = nowMs();
  const audit = auditKeys(actor, change.kind, filter, atMs, detailsOf(change));
  const asked = isSwitch ? { ...change, as: keeperOf(context) } : change;
  const { changed, previous } = await withGroups(writeChange(db, filter, asked, atMs, audit));
  if (previous === null || previous.length === 0) return { changed, undo: null };
  const undo = undoOf(change, previous);
  return { changed, undo: JSON.stringify(undo).length > UNDO_MAX_CHARS ? null : undo };
}

/** Narrows a selection to the keys that the caller may tend. */
export function tendedOnly(
  { shownTo }: ManageContext,
  filter: ProviderKeyFilter,
): ProviderKeyFilter {
  return shownTo === undefined ? filter : { ...filter, tendedBy: shownTo };
}

/** As whom the caller disables and enables keys. */
export function keeperOf({ shownTo }: Pick<ManageContext, "shownTo">): KeyKeeper {
  return shownTo === undefined ? "team-admin" : "group-admin";
}

/** @throws {ManageError} `invalid_input` if the caller tends the keys of some groups only. */
export function assertTendsAll({ shownTo }: ManageContext): void {
  if (shownTo === undefined) return;
  throw new ManageError("invalid_input", "only admins of the team change this of keys");
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

import { changeProviderKeys, putBackSettings } from "../../db/keys/change-provider-keys";
import { withGroups } from "../groups/with-groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { auditKeys } from "./audit-provider-keys";
import { assertTendsAll, keeperOf, settingsIn, tendedOnly } from "./change-provider-keys";
import type { UndoProviderKeysInput } from "./provider-key-schemas";

/**
 * Restores keys to their settings before `changeProviderKeys`.
 * @throws {ManageError} `invalid_input` if the groups don't set the same fields, or for what a group's admin can't change.
 */
export async function undoProviderKeys(
  context: ManageContext,
  undo: UndoProviderKeysInput,
): Promise<{ readonly changed: number }> {
  const { db, nowMs, actor } = context;
  const atMs = nowMs();
  if (undo.kind !== "set") {
    const filter = tendedOnly(context, { ids: undo.ids });
    const kind = undo.kind === "disable" ? "undo-disable" : "disable";
    const audit = auditKeys(actor, `undo-${undo.kind}`, filter, atMs);
    const change = { kind, as: keeperOf(context) } as const;
    const { changed } = await changeProviderKeys(db, filter, change, atMs, audit);
    return { changed };
  }
  assertTendsAll(context);
  const columns = settingsIn(undo.groups[0]?.settings ?? {});
  if (undo.groups.some(({ settings }) => settingsIn(settings).join() !== columns.join())) {
    throw new ManageError("invalid_input", "groups: each must set the same fields");
  }
  const previous = undo.groups.flatMap(({ ids, settings }) =>
    ids.map((id) => ({ id, ...settings })),
  );
  const chosen = { ids: previous.map(({ id }) => id) };
  const audit = auditKeys(actor, "undo-set", chosen, atMs, { fields: columns });
  return { changed: await withGroups(putBackSettings(db, columns, previous, atMs, audit)) };
}

import { getModelAlias, updateModelAlias } from "../../db/keys/model-aliases";
import { auditChange } from "../../db/team/audit-log";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { changedFields } from "../changed-fields";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { assertRouteTargets } from "./assert-route-targets";
import type { ChangeModelAliasInput } from "./model-alias-schema";

/**
 * Changes the given fields; targets as a whole.
 * @throws {ManageError} `not_found`; `invalid_input` for an unsuitable provider; `conflict` if someone else changed the
 * alias at the same time.
 */
export async function changeModelAlias(
  context: ManageContext,
  { name, ...fields }: ChangeModelAliasInput,
  was?: Fields,
): Promise<void> {
  const { db, actor, nowMs } = context;
  if (fields.targets !== undefined) await assertRouteTargets(context, fields.targets);
  const row = await getModelAlias(db, name);
  if (row === undefined) throw new ManageError("not_found", "no such model alias");
  assertUnchanged({ ...row }, fields, was);
  const changes = changedFields(row, fields);
  if (changes === null) return;
  const atMs = nowMs();
  const subject = { kind: "model-alias", id: name, name };
  const audit = auditChange(actor, { action: "model-alias.update", subject, ...changes }, atMs);
  if (await updateModelAlias(db, row, changes.after, audit, atMs)) return;
  throw new ManageError("conflict", "someone else is changing this alias; try again");
}

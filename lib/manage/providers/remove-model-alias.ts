import { deleteModelAlias, getModelAlias } from "../../db/keys/model-aliases";
import { auditChange } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { RemoveModelAliasInput } from "./model-alias-schema";

/** @throws {ManageError} `not_found`. */
export async function removeModelAlias(
  { db, actor, nowMs }: ManageContext,
  { name }: RemoveModelAliasInput,
): Promise<void> {
  const row = await getModelAlias(db, name);
  if (row === undefined) throw noSuchAlias();
  const atMs = nowMs();
  const { choice, targets, conversion, maxInputUsd, maxOutputUsd } = row;
  const entry = {
    action: "model-alias.delete",
    subject: { kind: "model-alias", id: name, name },
    before: { choice, targets, conversion, maxInputUsd, maxOutputUsd },
  };
  const audit = auditChange(actor, entry, atMs);
  if (!(await deleteModelAlias(db, name, audit, atMs))) throw noSuchAlias();
}

function noSuchAlias(): ManageError {
  return new ManageError("not_found", "no such model alias");
}

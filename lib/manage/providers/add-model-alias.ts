import { insertModelAlias } from "../../db/keys/model-aliases";
import { auditChange } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { assertRouteTargets } from "./assert-route-targets";
import type { AddModelAliasInput } from "./model-alias-schema";

/** @throws {ManageError} `conflict` if the name is taken; `invalid_input` for an unsuitable provider. */
export async function addModelAlias(
  context: ManageContext,
  input: AddModelAliasInput,
): Promise<void> {
  const { db, actor, nowMs } = context;
  await assertRouteTargets(context, input.targets);
  const { name, ...after } = input;
  const atMs = nowMs();
  const row = { ...input, createdAtMs: atMs, createdBy: actor.id, updatedAtMs: atMs };
  const subject = { kind: "model-alias", id: name, name };
  const audit = auditChange(actor, { action: "model-alias.create", subject, after }, atMs);
  if (await insertModelAlias(db, row, audit)) return;
  const message = "this name is taken";
  throw new ManageError("conflict", message, [{ path: "name", message }]);
}

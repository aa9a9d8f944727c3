import { getCustomProvider, updateCustomProvider } from "../../db/keys/custom-providers";
import { auditChange } from "../../db/team/audit-log";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { changedFields } from "../changed-fields";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { assertBaseUrl } from "./assert-base-url";
import type { ChangeCustomProviderInput } from "./custom-provider-schema";

/**
 * Changes the given fields. If the address changes, the pool's keys are sent to the new one.
 * @throws {ManageError} `not_found`; `invalid_input` for a forbidden address.
 */
export async function changeCustomProvider(
  context: ManageContext,
  { slug, ...fields }: ChangeCustomProviderInput,
  was?: Fields,
): Promise<void> {
  const { db, actor, nowMs } = context;
  if (fields.baseUrl !== undefined) assertBaseUrl(context, fields.baseUrl);
  const row = await getCustomProvider(db, slug);
  if (row === undefined) throw noSuchProvider();
  assertUnchanged({ ...row }, fields, was);
  const changes = changedFields(row, fields);
  if (changes === null) return;
  const atMs = nowMs();
  const subject = { kind: "custom-provider", id: slug, name: row.label };
  const entry = { action: "custom-provider.update", subject, ...changes };
  const audit = auditChange(actor, entry, atMs);
  if (!(await updateCustomProvider(db, slug, changes.after, audit, atMs))) throw noSuchProvider();
}

function noSuchProvider(): ManageError {
  return new ManageError("not_found", "no such custom provider");
}

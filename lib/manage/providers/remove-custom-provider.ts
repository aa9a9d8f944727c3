import { countProviderKeys } from "../../db/keys/count-provider-keys";
import { deleteCustomProvider, getCustomProvider } from "../../db/keys/custom-providers";
import { auditChange } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { RemoveCustomProviderInput } from "./custom-provider-schema";

export interface RemovedCustomProvider {
  /** Keys of its pool. They stay, unusable until there is a provider with this slug again. */
  readonly keysLeft: number;
}

/** @throws {ManageError} `not_found`. */
export async function removeCustomProvider(
  { db, actor, nowMs }: ManageContext,
  { slug }: RemoveCustomProviderInput,
): Promise<RemovedCustomProvider> {
  const row = await getCustomProvider(db, slug);
  if (row === undefined) throw noSuchProvider();
  const keysLeft = await countProviderKeys(db, slug);
  const atMs = nowMs();
  const { label, baseUrl, keyHeader, keyPrefix, protocol } = row;
  const entry = {
    action: "custom-provider.delete",
    subject: { kind: "custom-provider", id: slug, name: label },
    before: { label, baseUrl, keyHeader, keyPrefix, protocol, keysLeft },
  };
  const audit = auditChange(actor, entry, atMs);
  if (!(await deleteCustomProvider(db, slug, audit, atMs))) throw noSuchProvider();
  return { keysLeft };
}

function noSuchProvider(): ManageError {
  return new ManageError("not_found", "no such custom provider");
}

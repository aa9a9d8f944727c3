import { countKeysByProvider } from "../../db/keys/count-provider-keys";
import { listCustomProviders as readCustomProviders } from "../../db/keys/custom-providers";
import type { ManageContext } from "../manage-context";
import type { AddCustomProviderInput } from "./custom-provider-schema";

export interface CustomProviderItem extends AddCustomProviderInput {
  /** How many keys its pool has, whatever their status. */
  readonly keys: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Sorted by slug. */
export async function listCustomProviders({
  db,
}: ManageContext): Promise<readonly CustomProviderItem[]> {
  const [rows, keysOf] = await Promise.all([readCustomProviders(db), countKeysByProvider(db)]);
  return rows.map(({ createdAtMs, createdBy, updatedAtMs, version, ...fields }) => ({
    ...fields,
    keys: keysOf.get(fields.slug) ?? 0,
    createdAt: createdAtMs,
  }));
}

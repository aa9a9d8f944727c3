import { countKeysByProvider } from "../db/count-provider-keys";
import { listCustomProviders as readCustomProviders } from "../db/custom-providers";
import type { AddCustomProviderInput } from "./custom-provider-schema";
import type { ManageContext } from "./manage-context";

export interface CustomProviderItem extends AddCustomProviderInput {
  /** How many keys its pool has, in whatever state. */
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

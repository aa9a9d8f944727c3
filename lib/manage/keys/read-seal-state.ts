import { deriveKeys } from "../../crypto/derived-keys";
import { countKeysBySecret } from "../../db/keys/reseal-provider-keys";
import type { ManageContext } from "../manage-context";

/** Provider keys by the secret that encrypts them. */
export interface SealState {
  readonly current: number;
  /** Still to be re-encrypted. Null if no previous secret is set. */
  readonly previous: number | null;
  /** Encrypted by neither: unusable until their secret is the previous one. */
  readonly others: number;
}

/** Null without `KEY_ENCRYPTION_SECRET`. */
export async function readSealState({ db, secrets }: ManageContext): Promise<SealState | null> {
  if (secrets === null) return null;
  const bySecret = await countKeysBySecret(db);
  const countOf = async (secret: string) => bySecret.get((await deriveKeys(secret)).keyId) ?? 0;
  const current = await countOf(secrets.current);
  const isRotating = secrets.previous !== null && secrets.previous !== secrets.current;
  const previous = isRotating ? await countOf(secrets.previous) : null;
  const all = bySecret.values().reduce((sum, keys) => sum + keys, 0);
  return { current, previous, others: all - current - (previous ?? 0) };
}

/**
 * Rotation of `KEY_ENCRYPTION_SECRET` while serving: with the new secret as the current one and the old as
 * `KEY_ENCRYPTION_SECRET_PREVIOUS`, every key opens, and call by call gets a seal of the new one. It may be
 * stopped after any call, and called by several at once: a seal is replaced only by who read it.
 * @module
 */
import { deriveKeys } from "../crypto/derived-keys";
import { fingerprintKey } from "../crypto/fingerprint";
import { openSealed, SealError, type SealingSecrets, sealKey } from "../crypto/seal";
import {
  countKeysBySecret,
  type NewSeal,
  readSealedKeys,
  type SealedKey,
  writeSeals,
} from "../db/reseal-provider-keys";
import { auditKeys } from "./audit-provider-keys";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";
import type { ResealProviderKeysInput } from "./provider-key-schemas";

export interface ResealedProviderKeys {
  /** By this call; 0 means there is nothing left that can be done. */
  readonly resealed: number;
  /** Still sealed under the previous secret; at 0 that secret may go. */
  readonly remaining: number;
  /** Sealed under neither secret: such a key works again once its secret is the previous one. */
  readonly unopenable: number;
  /** Ids of keys that this call found damaged: sealed under the previous secret, yet it does not open them. */
  readonly damaged: readonly string[];
}

/** With sealed keys of up to 12 kB, a statement's one parameter must stay below D1's 2 MB. */
const CHUNK_MAX_CHARS = 1_000_000;

/** @throws {ManageError} `not_configured` without `KEY_ENCRYPTION_SECRET`. */
export async function resealProviderKeys(
  { db, secrets, actor, nowMs }: ManageContext,
  { limit }: ResealProviderKeysInput,
): Promise<ResealedProviderKeys> {
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  const currentId = (await deriveKeys(secrets.current)).keyId;
  const previousId = secrets.previous && (await deriveKeys(secrets.previous)).keyId;

  let resealed = 0;
  const damaged: string[] = [];
  if (previousId !== null && previousId !== currentId) {
    // Damaged keys, and those that another caller was faster with, must not end the work.
    for (let afterId: string | null = ""; resealed === 0 && afterId !== null; ) {
      const keys = await readSealedKeys(db, previousId, { afterId, limit });
      const sealing = await sealAnew(keys, secrets);
      const { seals } = sealing;
      const audit = auditKeys(actor, "reseal", { ids: seals.map(({ id }) => id) }, nowMs());
      if (seals.length > 0) resealed = await writeSeals(db, seals, audit);
      damaged.push(...sealing.damaged);
      afterId = sealing.lastId;
    }
  }
  const bySecret = await countKeysBySecret(db);
  const remaining = previousId === currentId ? 0 : (bySecret.get(previousId ?? "") ?? 0);
  const all = bySecret.values().reduce((sum, keys) => sum + keys, 0);
  const unopenable = all - remaining - (bySecret.get(currentId) ?? 0);
  return { resealed, remaining, unopenable, damaged };
}

interface Sealing {
  readonly seals: readonly NewSeal[];
  /** Ids of keys that do not open. */
  readonly damaged: readonly string[];
  /** Of the last key that was looked at; null without any. */
  readonly lastId: string | null;
}

/** Seals anew as many of the keys as fit into one statement. */
async function sealAnew(keys: readonly SealedKey[], secrets: SealingSecrets): Promise<Sealing> {
  const seals: NewSeal[] = [];
  const damaged: string[] = [];
  let lastId: string | null = null;
  let chars = 0;
  for (const { id, provider, sealed } of keys) {
    chars += 2 * sealed.length + 200;
    if (chars > CHUNK_MAX_CHARS && lastId !== null) break;
    lastId = id;
    const text = await openIfWhole(sealed, secrets);
    if (text === null) {
      damaged.push(id);
      continue;
    }
    const [to, fingerprint] = await Promise.all([
      sealKey(text, secrets.current),
      fingerprintKey(provider, text, secrets.current),
    ]);
    seals.push({ id, from: sealed, to, fingerprint });
  }
  return { seals, damaged, lastId };
}

async function openIfWhole(sealed: string, secrets: SealingSecrets): Promise<string | null> {
  try {
    return await openSealed(sealed, secrets);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

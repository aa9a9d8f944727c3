/**
 * Re-encrypts provider keys: after a change of the secret, and if an encrypted text isn't bound to a row yet.
 *
 * Rotation of `KEY_ENCRYPTION_SECRET` while serving: with the new secret as the current one and the old as
 * `KEY_ENCRYPTION_SECRET_PREVIOUS`, every key can be decrypted, and call by call is re-encrypted with the new one. It
 * may be stopped after any call, and called several times at once: an encrypted text is replaced only if it is still
 * the one that was read.
 * @module
 */
import { deriveKeys } from "../../crypto/derived-keys";
import { fingerprintKey } from "../../crypto/fingerprint";
import { openSealed, SealError, type SealingSecrets, sealKey } from "../../crypto/seal";
import {
  countKeysBySecret,
  countOldForm,
  type NewSeal,
  readSealedKeys,
  type SealedKey,
  type StaleSeals,
  writeSeals,
} from "../../db/keys/reseal-provider-keys";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { resealSettings } from "../settings/reseal-settings";
import { auditKeys } from "./audit-provider-keys";
import type { ResealProviderKeysInput } from "./provider-key-schemas";

export interface ResealedProviderKeys {
  /** By this call; 0 means there is nothing left that can be done. */
  readonly resealed: number;
  /** Still to be re-encrypted: with the previous secret, or in the old form. At 0, that secret can be removed. */
  readonly remaining: number;
  /** Encrypted by neither secret: such a key works again once its secret is the previous one. */
  readonly unopenable: number;
  /** Ids of keys that this call found damaged: encrypted with a known secret, yet not decryptable. */
  readonly damaged: readonly string[];
}

/** With encrypted keys of up to 12 kB, a statement's single parameter must stay below D1's 2 MB. */
const CHUNK_MAX_CHARS = 1_000_000;

/** @throws {ManageError} `not_configured` without `KEY_ENCRYPTION_SECRET`. */
export async function resealProviderKeys(
  context: ManageContext,
  { limit }: ResealProviderKeysInput,
): Promise<ResealedProviderKeys> {
  const { db, secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  const currentId = (await deriveKeys(secrets.current)).keyId;
  const previousId = secrets.previous && (await deriveKeys(secrets.previous)).keyId;
  const isRotating = previousId !== null && previousId !== currentId;
  if (isRotating) await resealSettings(context, secrets);

  const done: Resealing = isRotating
    ? await resealSome(context, secrets, { secretId: previousId, isOldForm: false }, limit)
    : { resealed: 0, damaged: [] };
  // A call that found work is long enough: the next one continues.
  const rest: Resealing =
    done.resealed === 0
      ? await resealSome(context, secrets, { secretId: currentId, isOldForm: true }, limit)
      : { resealed: 0, damaged: [] };

  const bySecret = await countKeysBySecret(db);
  const underPrevious = isRotating ? (bySecret.get(previousId) ?? 0) : 0;
  const all = bySecret.values().reduce((sum, keys) => sum + keys, 0);
  return {
    resealed: done.resealed + rest.resealed,
    remaining: underPrevious + (await countOldForm(db, currentId)),
    unopenable: all - underPrevious - (bySecret.get(currentId) ?? 0),
    damaged: [...done.damaged, ...rest.damaged],
  };
}

/**
 * Replaces some of the encrypted texts that aren't bound to a row: the part that maintenance does by itself.
 * @returns How many were replaced.
 */
export async function bindOldSeals(context: ManageContext, limit: number): Promise<number> {
  const { secrets } = context;
  if (secrets === null) return 0;
  const secretId = (await deriveKeys(secrets.current)).keyId;
  return (await resealSome(context, secrets, { secretId, isOldForm: true }, limit)).resealed;
}

type Resealing = Pick<ResealedProviderKeys, "resealed" | "damaged">;

/** Some of the keys that need it: up to `limit` that can be decrypted, skipping those that can't. */
async function resealSome(
  { db, actor, nowMs }: ManageContext,
  secrets: SealingSecrets,
  which: StaleSeals,
  limit: number,
): Promise<Resealing> {
  let resealed = 0;
  const damaged: string[] = [];
  // Damaged keys, and those that another caller processed first, must not end the work.
  for (let afterId: string | null = ""; resealed === 0 && afterId !== null; ) {
    const keys = await readSealedKeys(db, which, { afterId, limit });
    const sealing = await sealAgain(keys, secrets);
    const { seals } = sealing;
    const audit = auditKeys(actor, "reseal", { ids: seals.map(({ id }) => id) }, nowMs());
    if (seals.length > 0) resealed = await writeSeals(db, seals, audit);
    damaged.push(...sealing.damaged);
    afterId = sealing.lastId;
  }
  return { resealed, damaged };
}

interface Sealing {
  readonly seals: readonly NewSeal[];
  /** Ids of keys that can't be decrypted. */
  readonly damaged: readonly string[];
  /** The id of the last key examined; null without any. */
  readonly lastId: string | null;
}

/** Re-encrypts as many of the keys as fit into one statement. */
async function sealAgain(keys: readonly SealedKey[], secrets: SealingSecrets): Promise<Sealing> {
  const seals: NewSeal[] = [];
  const damaged: string[] = [];
  let lastId: string | null = null;
  let chars = 0;
  for (const place of keys) {
    const { id, provider, sealed } = place;
    chars += 2 * sealed.length + 200;
    if (chars > CHUNK_MAX_CHARS && lastId !== null) break;
    lastId = id;
    const text = await openIfWhole(place, secrets);
    if (text === null) {
      damaged.push(id);
      continue;
    }
    const [to, fingerprint] = await Promise.all([
      sealKey(text, secrets.current, place),
      fingerprintKey(provider, text, secrets.current),
    ]);
    seals.push({ id, from: sealed, to, fingerprint });
  }
  return { seals, damaged, lastId };
}

async function openIfWhole(key: SealedKey, secrets: SealingSecrets): Promise<string | null> {
  try {
    return await openSealed(key.sealed, secrets, key);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

import { fingerprintKey } from "../../crypto/fingerprint";
import { maskKey } from "../../crypto/mask-key";
import { type SealingSecrets, sealKey } from "../../crypto/seal";
import type { NewProviderKey } from "../../db/keys/insert-provider-keys";

/** The part of a new row that people, or the source, decide. */
export type NewKeySettings = Omit<
  NewProviderKey,
  "id" | "sealed" | "fingerprint" | "previousFingerprint" | "masked"
>;

/** The row of a new key: it contains the key only encrypted and masked. */
export async function newProviderKey(
  provider: string,
  text: string,
  settings: NewKeySettings,
  id: string,
  { current, previous }: SealingSecrets,
): Promise<NewProviderKey> {
  const [sealed, fingerprint, previousFingerprint] = await Promise.all([
    sealKey(text, current, { provider, id }),
    fingerprintKey(provider, text, current),
    previous === null ? null : fingerprintKey(provider, text, previous),
  ]);
  return { id, sealed, fingerprint, previousFingerprint, masked: maskKey(text), ...settings };
}

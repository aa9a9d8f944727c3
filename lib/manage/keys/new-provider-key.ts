import { fingerprintKey } from "../../crypto/fingerprint";
import { maskKey } from "../../crypto/mask-key";
import { type SealingSecrets, sealKey } from "../../crypto/seal";
import type { NewProviderKey } from "../../db/keys/insert-provider-keys";

/** What of a new row people, or where it comes from, say. */
export type NewKeySettings = Omit<
  NewProviderKey,
  "id" | "sealed" | "fingerprint" | "previousFingerprint" | "masked"
>;

/** The row of a key that is to be added: its text is in it sealed, and masked, only. */
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

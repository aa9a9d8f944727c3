import { fingerprintKey } from "../../crypto/fingerprint";
import type { SealingSecrets } from "../../crypto/seal";

/** Under both secrets during a rotation: keys added before have the previous secret's fingerprint. */
export function fingerprintsOf(
  slug: string,
  text: string,
  { current, previous }: SealingSecrets,
): Promise<readonly string[]> {
  const secrets = previous === null ? [current] : [current, previous];
  return Promise.all(secrets.map((secret) => fingerprintKey(slug, text, secret)));
}

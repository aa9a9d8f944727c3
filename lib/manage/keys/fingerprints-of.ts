import { fingerprintKey } from "../../crypto/fingerprint";
import type { SealingSecrets } from "../../crypto/seal";

/** Under both secrets while rotating: keys added before have the fingerprint of the previous one. */
export function fingerprintsOf(
  slug: string,
  text: string,
  { current, previous }: SealingSecrets,
): Promise<readonly string[]> {
  const secrets = previous === null ? [current] : [current, previous];
  return Promise.all(secrets.map((secret) => fingerprintKey(slug, text, secret)));
}

/**
 * Removes secrets from text that came from outside (usually upstream error messages) before it is stored or shown.
 * Repetitions are bounded: hostile text must not cost time.
 * @module
 */
import { maskKey } from "./mask-key";

/** Replaces a secret of which nothing may be shown. */
const HIDDEN = "[redacted]";

/** Shorter strings aren't keys, and replacing them would remove ordinary words. */
const SECRET_MIN_LENGTH = 8;

/**
 * Credentials recognized by their place: `Bearer xxx`, `?key=xxx`, `"api_key": "xxx"`. The name is kept. The value must
 * have 8 characters and a digit, so that "invalid token: malformed" stays readable; a masked secret (`sk-proj-…9fQ2`)
 * stays too.
 */
const NAMED_SECRET =
  /\b((?:bearer|token|basic)\s+|[\w-]{0,32}(?:key|token|secret)["']?\s*[=:]\s*["']?)(?=[\w.~+/*%-]{0,100}\d)[\w.~+/*%-]{8,}=*(?!…)/gi;

/** Credentials recognized by their provider's prefix, including half-masked ones (`sk-ab12***yz`). */
const KEY_FORMS =
  /\b(?:sk[-_]|pk-|rk-|AIza|AQ\.|gsk_|xai-|hf_|r8_|csk-|fw_|pplx-|ob-|ya29\.|eyJ|AKIA|ASIA|ABSK)(?=[\w.*+/-]{0,100}\d)[\w.*+/-]{8,}=*/g;

/**
 * @param knownSecrets Exact texts that must not remain, whatever they look like; they are replaced by their masked
 * form.
 */
export function redact(text: string, knownSecrets: readonly string[]): string {
  let result = text;
  for (const secret of knownSecrets) {
    if (secret.length < SECRET_MIN_LENGTH) continue;
    result = result.replaceAll(secret, maskKey(secret));
    // Upstreams quote the URL that was called.
    result = result.replaceAll(encodeURIComponent(secret), maskKey(secret));
  }
  return result.replace(NAMED_SECRET, `$1${HIDDEN}`).replace(KEY_FORMS, HIDDEN);
}

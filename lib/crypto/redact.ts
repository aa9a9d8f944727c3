/**
 * Takes secrets out of text that came from outside (upstream error messages, mostly) before it is
 * stored or shown. Repetitions are bounded: hostile text must not cost time.
 * @module
 */
import { maskKey } from "./mask-key";

/** What replaces a secret of which nothing may be shown. */
const HIDDEN = "[redacted]";

/** Shorter strings are no keys, and replacing them would eat ordinary words. */
const SECRET_MIN_LENGTH = 8;

/**
 * Credentials named by their place: `Bearer xxx`, `?key=xxx`, `"api_key": "xxx"`. What names it is kept.
 * The value must have 8 characters and a digit, so that "invalid token: malformed" stays readable; a
 * masked secret (`sk-proj-…9fQ2`) stays too.
 */
const NAMED_SECRET =
  /\b((?:bearer|token|basic)\s+|[\w-]{0,32}(?:key|token|secret)["']?\s*[=:]\s*["']?)(?=[\w.~+/*%-]{0,100}\d)[\w.~+/*%-]{8,}=*(?!…)/gi;

/** Credentials known by the prefix their provider gives them; half-masked ones (`sk-ab12***yz`) too. */
const KEY_FORMS =
  /\b(?:sk[-_]|pk-|rk-|AIza|AQ\.|gsk_|xai-|hf_|r8_|csk-|fw_|pplx-|ob-|ya29\.|eyJ|AKIA|ASIA|ABSK)(?=[\w.*+/-]{0,100}\d)[\w.*+/-]{8,}=*/g;

/** @param knownSecrets Exact texts that must not remain, whatever they look like; they leave their masked form. */
export function redact(text: string, knownSecrets: readonly string[]): string {
  let result = text;
  for (const secret of knownSecrets) {
    if (secret.length < SECRET_MIN_LENGTH) continue;
    result = result.replaceAll(secret, maskKey(secret));
    // Upstreams quote the URL they were called with.
    result = result.replaceAll(encodeURIComponent(secret), maskKey(secret));
  }
  return result.replace(NAMED_SECRET, `$1${HIDDEN}`).replace(KEY_FORMS, HIDDEN);
}

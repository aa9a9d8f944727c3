/** A shorter piece of base64 could also occur in ordinary text. */
const MIN_CHARS = 10;

/**
 * What base64 of a longer text ("user:secret") certainly contains, wherever in that text the secret begins: the
 * characters that depend on the secret's bytes alone. In both alphabets; none for secrets under eight bytes.
 * @param secret A byte string: one character per byte.
 */
export function base64Forms(secret: string): readonly string[] {
  const forms = new Set<string>();
  for (const before of [0, 1, 2]) {
    const encoded = btoa("\0".repeat(before) + secret);
    const from = Math.ceil((before * 8) / 6);
    const form = encoded.slice(from, Math.floor(((before + secret.length) * 8) / 6));
    if (form.length < MIN_CHARS) continue;
    forms.add(form).add(form.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return [...forms];
}

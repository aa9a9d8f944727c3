/**
 * Thoughts of providers that do not seal them, in the place where clients of OpenAI keep sealed ones: an envelope
 * of ours, which is opened before anybody else sees it.
 * @module
 */
const ENVELOPE = "ob1.";

export function sealedThought(thought: string): string {
  const bytes = new TextEncoder().encode(thought);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return ENVELOPE + btoa(binary);
}

/** Null for what is not ours. */
export function openedThought(sealed: unknown): string | null {
  if (typeof sealed !== "string" || !sealed.startsWith(ENVELOPE)) return null;
  try {
    const binary = atob(sealed.slice(ENVELOPE.length));
    return new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)));
  } catch {
    return null;
  }
}

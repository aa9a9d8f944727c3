/** A provider key ready to be sealed, or why a line is none. Reasons never repeat the line. */
export type KeyText = { readonly text: string } | { readonly problem: string };

/** Service-account files, the longest credentials there are, have about 2,400 characters. */
const MAX_LENGTH = 8_192;

/**
 * Keys travel in HTTP headers, so only visible ASCII can be one. Blanks around a key are dropped: they
 * come with copying. A service-account file (Vertex AI) is taken as JSON on one line.
 */
export function readKeyText(line: string): KeyText {
  const text = line.trim();
  if (text === "") return { problem: "the key is empty" };
  if (text.length > MAX_LENGTH)
    return { problem: `the key is longer than ${MAX_LENGTH} characters` };
  if (text.startsWith("{")) return readServiceAccount(text);
  if (/[\r\n]/.test(text)) return { problem: "the key has a line break inside" };
  if (/\s/.test(text)) return { problem: "the key has whitespace inside" };
  if (!/^[\x21-\x7e]+$/.test(text))
    return { problem: "the key has a character that is not visible ASCII" };
  return { text };
}

function readServiceAccount(text: string): KeyText {
  try {
    // Escapes whatever an HTTP header cannot hold.
    const compact = JSON.stringify(JSON.parse(text)).replace(
      /[^\x20-\x7e]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return { text: compact };
  } catch {
    return { problem: "the key looks like JSON but is not" };
  }
}

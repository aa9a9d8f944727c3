/** Why a line isn't a key, as messages. They never repeat the line. */
const PROBLEMS = {
  empty: "the key is empty",
  "too-long": "the key is longer than 8192 characters",
  "line-break": "the key has a line break inside",
  whitespace: "the key has whitespace inside",
  characters: "the key has a character that is not visible ASCII",
  json: "the key looks like JSON but is not",
} as const;

export type KeyTextProblem = keyof typeof PROBLEMS;

/** A provider key ready to be encrypted, or why a line isn't one. */
export type KeyText =
  | { readonly text: string }
  | { readonly code: KeyTextProblem; readonly problem: string };

/** Service account files, the longest credentials there are, have about 2,400 characters. */
const MAX_LENGTH = 8_192;

/**
 * Keys are sent in HTTP headers, so only visible ASCII can be one. Surrounding blanks, which come with copying, are
 * removed. A service account file (Vertex AI) is stored as JSON on one line.
 */
export function readKeyText(line: string): KeyText {
  const text = line.trim();
  if (text === "") return problem("empty");
  if (text.length > MAX_LENGTH) return problem("too-long");
  if (text.startsWith("{")) return readServiceAccount(text);
  if (/[\r\n]/.test(text)) return problem("line-break");
  if (/\s/.test(text)) return problem("whitespace");
  if (!/^[\x21-\x7e]+$/.test(text)) return problem("characters");
  return { text };
}

function problem(code: KeyTextProblem): KeyText {
  return { code, problem: PROBLEMS[code] };
}

function readServiceAccount(text: string): KeyText {
  try {
    // Escapes everything that an HTTP header can't contain.
    const compact = JSON.stringify(JSON.parse(text)).replace(
      /[^\x20-\x7e]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return { text: compact };
  } catch {
    return problem("json");
  }
}

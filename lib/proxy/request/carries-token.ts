/** Shorter tokens (`AUTH_KEY=k1`) are common words: they count only where they stand by themselves. */
const UNMISTAKABLE_CHARS = 16;

/** Deeper percent-encoding is undone by no server. */
const MAX_ENCODINGS = 3;

/** Whether the token, found in a text, can be nothing but the token. */
export function isUnmistakable(token: string): boolean {
  return token.length >= UNMISTAKABLE_CHARS;
}

/** Whether a text that would go upstream holds the caller's token, plain or percent-encoded. */
export function carriesToken(text: string, token: string): boolean {
  if (token === "" || text.length < token.length) return false;
  if (holds(text, token)) return true;
  let decoded = text;
  for (let round = 0; round < MAX_ENCODINGS && decoded.includes("%"); round += 1) {
    const once = withoutEscapes(decoded);
    if (once === decoded) return false;
    decoded = once;
    if (holds(decoded, token)) return true;
  }
  return false;
}

function holds(text: string, token: string): boolean {
  if (isUnmistakable(token)) return text.includes(token);
  let at = text.indexOf(token);
  while (at !== -1) {
    const end = at + token.length;
    if (!isWordAt(text, at - 1) && !isWordAt(text, end)) return true;
    at = text.indexOf(token, at + 1);
  }
  return false;
}

function isWordAt(text: string, index: number): boolean {
  return /[\w-]/.test(text[index] ?? "");
}

/** ASCII alone: a token holds nothing else. */
function withoutEscapes(text: string): string {
  return text.replace(/%([2-7][\da-f])/gi, (_escape, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

import { base64Forms } from "../base64-forms";

/** Shorter tokens (`AUTH_KEY=k1`) are common words: they count only as separate words. */
const UNMISTAKABLE_CHARS = 16;

/** No server undoes more layers of percent-encoding. */
const MAX_ENCODINGS = 3;

/** Whether an occurrence of the token in a text can't be anything else. */
export function isUnmistakable(token: string): boolean {
  return token.length >= UNMISTAKABLE_CHARS;
}

/**
 * Whether a text that would be sent upstream contains the caller's token: plain, percent-encoded, or in base64, alone
 * or as part of a longer text (`Basic` and `user:token`).
 */
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
  if (formsOf(token).some((form) => text.includes(form))) return true;
  if (isUnmistakable(token)) return text.includes(token);
  let at = text.indexOf(token);
  while (at !== -1) {
    const end = at + token.length;
    if (!isWordAt(text, at - 1) && !isWordAt(text, end)) return true;
    at = text.indexOf(token, at + 1);
  }
  return false;
}

/** By token: one entry per caller of the isolate. */
const forms = new Map<string, readonly string[]>();
const MAX_FORMS = 1_000;

function formsOf(token: string): readonly string[] {
  let known = forms.get(token);
  if (known === undefined) {
    known = isByteString(token) ? base64Forms(token) : [];
    if (forms.size >= MAX_FORMS) forms.clear();
    forms.set(token, known);
  }
  return known;
}

/** Headers contain nothing else; a query could. */
function isByteString(text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) > 0xff) return false;
  return true;
}

function isWordAt(text: string, index: number): boolean {
  return /[\w-]/.test(text[index] ?? "");
}

/** ASCII only: a token contains nothing else. */
function withoutEscapes(text: string): string {
  return text.replace(/%([2-7][\da-f])/gi, (_escape, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

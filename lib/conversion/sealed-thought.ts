/**
 * What a turn needs of its past and a caller's form has no place for: thoughts of providers that do not seal them,
 * and the signatures that Gemini puts on calls of tools. It stands where clients keep what is sealed, in an envelope
 * of ours, which is opened before anybody else sees it.
 * @module
 */
import { type Fields, fields, list, parsedJson, text } from "./json";

const ENVELOPE = "ob1.";

export interface Sealed {
  readonly thought: string;
  /** What belongs to a call, by its id. */
  readonly calls: Readonly<Record<string, Fields>>;
  /** What its maker signed or sealed of the thought; absent for nothing. */
  readonly details?: readonly Fields[];
}

export function seal({ thought, calls, details }: Sealed): string {
  const bytes = new TextEncoder().encode(JSON.stringify({ thought, calls, details }));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return ENVELOPE + btoa(binary);
}

/** Null for what is not ours. */
export function opened(sealed: unknown): Sealed | null {
  if (typeof sealed !== "string" || !sealed.startsWith(ENVELOPE)) return null;
  try {
    const binary = atob(sealed.slice(ENVELOPE.length));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const { thought, calls, details } = fields(parsedJson(new TextDecoder().decode(bytes)));
    const named = Object.entries(fields(calls)).map(([id, state]) => [id, fields(state)] as const);
    const found = { thought: text(thought), calls: Object.fromEntries(named) };
    return list(details).length === 0 ? found : { ...found, details: list(details).map(fields) };
  } catch {
    return null;
  }
}

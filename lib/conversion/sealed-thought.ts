/**
 * What a turn needs from its history and the caller's format has no place for: thoughts of providers that don't encrypt
 * them, and the signatures that Gemini adds to tool calls. It is put where clients keep encrypted content, in an
 * envelope of ours, which is opened before anything else sees it.
 * @module
 */
import { type Fields, fields, list, parsedJson, text } from "./json";

const ENVELOPE = "ob1.";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface Sealed {
  readonly thought: string;
  /** The state of calls, by their ids. */
  readonly calls: Readonly<Record<string, Fields>>;
  /** The provider's signatures of the thought, or its encrypted form; absent for nothing. */
  readonly details?: readonly Fields[];
}

export function seal({ thought, calls, details }: Sealed): string {
  const bytes = encoder.encode(JSON.stringify({ thought, calls, details }));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return ENVELOPE + btoa(binary);
}

/** Null if it isn't ours. */
export function opened(sealed: unknown): Sealed | null {
  if (typeof sealed !== "string" || !sealed.startsWith(ENVELOPE)) return null;
  try {
    const binary = atob(sealed.slice(ENVELOPE.length));
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    const { thought, calls, details } = fields(parsedJson(decoder.decode(bytes)));
    const named = Object.entries(fields(calls)).map(([id, state]) => [id, fields(state)] as const);
    const found = { thought: text(thought), calls: Object.fromEntries(named) };
    return list(details).length === 0 ? found : { ...found, details: list(details).map(fields) };
  } catch {
    return null;
  }
}

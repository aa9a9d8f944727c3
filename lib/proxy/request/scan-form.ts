/**
 * Scans a form once and reports the fields of a tree. Strict, like `scan-json.ts`: a multipart form (RFC 2046, RFC
 * 7578) is accepted only as every SDK writes it, because parsers differ on everything else, such as delimiters without
 * a preceding line break, text before the first or after the last one, or folded lines.
 * @module
 */
import { findBytes } from "../../http/find-bytes";
import { childOf, type FieldNode, ITEM } from "./model-tree";
import type { OnField } from "./scan-json";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** RFC 2046 section 5.1.1. */
const MAX_BOUNDARY_CHARS = 70;
const BOUNDARY = /^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/;

/** Longer than any part header that a client writes. */
const MAX_HEAD_BYTES = 4096;
const MAX_PARTS = 1000;

/** Clients don't write longer forms of this kind: files are sent as multipart. */
const MAX_URL_ENCODED_BYTES = 1024 * 1024;
const MAX_PAIRS = 10_000;

/** The one boundary in a content type; null if there is none, two, or an invalid one. */
export function formBoundary(contentType: string): string | null {
  const named = [...contentType.matchAll(/boundary[\s*\d]*=/gi)];
  const match = /;\s*boundary=(?:"([^"\\]+)"|([^;\s",]+))\s*(?:;|$)/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined || named.length !== 1 || contentType.includes(",")) return null;
  return boundary.length <= MAX_BOUNDARY_CHARS && BOUNDARY.test(boundary) ? boundary : null;
}

/** @returns What is wrong with the form; null if nothing is. */
export function scanForm(
  bytes: Uint8Array,
  contentType: string,
  root: FieldNode,
  onField: OnField,
): string | null {
  const boundary = formBoundary(contentType);
  if (boundary === null) return "its content type names no boundary of at most 70 characters, once";
  const delimiter = encoder.encode(`--${boundary}`);
  const nextDelimiter = findBytes(delimiter);
  if (nextDelimiter(bytes.subarray(0, delimiter.length), 0) !== 0) {
    return "it does not begin with its boundary";
  }
  let start = delimiter.length;
  for (let parts = 0; parts < MAX_PARTS; parts += 1) {
    if (isPair(bytes, start, DASH, DASH))
      return isEnd(bytes, start + 2) ? null : "something follows its end";
    if (!isPair(bytes, start, CR, LF)) return "its boundary stands where no part begins";
    const end = nextDelimiter(bytes, start + 2);
    if (end === -1) return "it has no end";
    if (!isPair(bytes, end - 2, CR, LF)) return "its boundary stands in the middle of a line";
    const problem = scanPart(
      bytes.subarray(start + 2, Math.max(start + 2, end - 2)),
      root,
      onField,
    );
    if (problem !== null) return problem;
    start = end + delimiter.length;
  }
  return `it has more than ${MAX_PARTS} parts`;
}

const DASH = 0x2d;
const CR = 0x0d;
const LF = 0x0a;

function isPair(bytes: Uint8Array, at: number, first: number, second: number): boolean {
  return bytes[at] === first && bytes[at + 1] === second;
}

function isEnd(bytes: Uint8Array, at: number): boolean {
  return at === bytes.length || (at + 2 === bytes.length && isPair(bytes, at, CR, LF));
}

/** A part's header: lines of a name and a value, without folding, and one `Content-Disposition`. */
const HEAD_LINE = /^[\w-]+: ?[^\r\n]*$/;
const DISPOSITION =
  /^content-disposition: ?form-data; ?name="([^"\\\r\n]*)"(; ?filename="[^"\r\n]*"(?:; ?filename\*=[\w'%.-]*)?)?$/i;

function scanPart(part: Uint8Array, root: FieldNode, onField: OnField): string | null {
  const head = latin1(part.subarray(0, MAX_HEAD_BYTES));
  const blank = head.indexOf("\r\n\r\n");
  if (blank === -1) return "a part of it has no head";
  const lines = head.slice(0, blank).split("\r\n");
  if (!lines.every((line) => HEAD_LINE.test(line)))
    return "the head of a part is not as SDKs write it";
  const dispositions = lines.filter((line) => /^content-disposition:/i.test(line));
  const [, name, file] = DISPOSITION.exec(dispositions[0] ?? "") ?? [];
  if (name === undefined || dispositions.length !== 1) {
    return "the name of a part is not written as SDKs write it";
  }
  const node = nodeOf(decodeName(name), root);
  if (!node?.kind) return null;
  // Parsers don't agree on whether a file, or text in another encoding, is a field.
  const isPlain = lines.length === 1 || lines.every((line) => !isOfEncoding(line));
  if (file !== undefined || !isPlain) {
    onField(node, null);
    return null;
  }
  onField(node, decoder.decode(part.subarray(blank + 4)));
  return null;
}

function isOfEncoding(line: string): boolean {
  if (/^content-transfer-encoding:/i.test(line)) return true;
  return (
    /^content-type:/i.test(line) &&
    !/^content-type: ?text\/plain(?:; ?charset="?utf-8"?)?$/i.test(line)
  );
}

/** @returns What is wrong with the form; null if nothing is. */
export function scanUrlEncoded(
  bytes: Uint8Array,
  root: FieldNode,
  onField: OnField,
): string | null {
  if (bytes.length > MAX_URL_ENCODED_BYTES) return "it is longer than a form of this kind may be";
  // Some servers split at semicolons too; both readings count.
  const text = decoder.decode(bytes);
  if (text.split(/[&;]/, MAX_PAIRS).length === MAX_PAIRS) {
    return `it has ${MAX_PAIRS} fields or more`;
  }
  for (const separators of [/&/, /[&;]/]) {
    for (const pair of text.split(separators)) {
      const equals = pair.indexOf("=");
      const name = decodeComponent(equals === -1 ? pair : pair.slice(0, equals));
      const value = decodeComponent(equals === -1 ? "" : pair.slice(equals + 1));
      const node = nodeOf(name, root);
      if (node?.kind) onField(node, value);
    }
  }
  return null;
}

/** The node that a form field's name refers to: `model`, `models[]`, `tools[0][model]`. */
function nodeOf(name: string, root: FieldNode): FieldNode | null {
  let node: FieldNode | null = root;
  for (const step of name.split(/[[\].]+/).filter((part, index) => part !== "" || index === 0)) {
    if (node === null) return null;
    node = /^\d+$/.test(step)
      ? (node.children.get(ITEM) ?? null)
      : childOf(node, step, node === root);
  }
  const item = /\[\]$/.test(name) ? node?.children.get(ITEM) : undefined;
  return item ?? node;
}

function decodeName(name: string): string {
  return decodeComponent(
    decoder.decode(Uint8Array.from(name, (character) => character.charCodeAt(0))),
  );
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

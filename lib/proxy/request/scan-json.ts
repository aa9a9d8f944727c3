/**
 * Scans a JSON object once and reports the fields of a tree wherever they are: every occurrence of a repeated name, in
 * any case, escaped or not. Strict, because two parsers could read a malformed body differently: text that isn't JSON
 * by RFC 8259 or isn't UTF-8 is a problem. Only the content of strings that can't contain a wanted field isn't checked.
 * @module
 */
import { MAX_JSON_DEPTH, MAX_JSON_PARTS, parseString, stringEnd } from "./json-string";
import { childOf, type FieldNode, ITEM } from "./model-tree";

/** Called for each field of the tree; with null if its value isn't text. */
export type OnField = (node: FieldNode, value: string | null) => void;

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

const decoder = new TextDecoder();
const LITERAL = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const MAX_LITERAL_BYTES = 1024;
const MAX_SHORT_BYTES = 16;

/** An open object or list. */
interface Level {
  readonly isList: boolean;
  /** Null if nothing below it is looked for. */
  readonly node: FieldNode | null;
}

/** @returns What is wrong with the text, in a message to its author; null if nothing is. */
export function scanJson(bytes: Uint8Array, root: FieldNode, onField: OnField): string | null {
  const levels: Level[] = [];
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  at = skipSpace(bytes, at);
  if (bytes[at] !== OPEN_BRACE) return "it is no JSON object";
  /** Where the next value belongs. */
  let node: FieldNode | null = root;
  let expects: "value" | "value or end" | "key" | "key or end" | "next" = "value";

  let parts = 0;

  for (;;) {
    at = skipSpace(bytes, at);
    const byte = bytes[at];
    const level = levels.at(-1);
    if (expects === "next") {
      if (level === undefined) break;
      at += 1;
      if (byte === COMMA) {
        expects = level.isList ? "value" : "key";
        if (level.isList) node = level.node?.children.get(ITEM) ?? null;
      } else if (byte === (level.isList ? CLOSE_BRACKET : CLOSE_BRACE)) levels.pop();
      else return "it is no valid JSON";
      continue;
    }
    parts += 1;
    if (parts > MAX_JSON_PARTS) return `it has more than ${MAX_JSON_PARTS} names and values`;
    if (expects === "key" || expects === "key or end") {
      if (byte === CLOSE_BRACE && expects === "key or end") {
        at += 1;
        levels.pop();
        expects = "next";
        continue;
      }
      const end = byte === QUOTE ? stringEnd(bytes, at) : -1;
      if (end === -1) return "it is no valid JSON";
      node = null;
      if (level?.node) {
        const name = parseString(bytes, at, end);
        if (name === null) return "a name in it is no valid JSON";
        node = childOf(level.node, name, level.node === root);
      }
      at = skipSpace(bytes, end);
      if (bytes[at] !== COLON) return "it is no valid JSON";
      at += 1;
      expects = "value";
    } else if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (end === -1) return "a text in it has no end";
      if (node?.kind) {
        const text = parseString(bytes, at, end);
        if (text === null) return `"${node.place}" is no valid JSON`;
        onField(node, text);
      }
      at = end;
      expects = "next";
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const isList = byte === OPEN_BRACKET;
      if (levels.length >= MAX_JSON_DEPTH)
        return `it is nested deeper than ${MAX_JSON_DEPTH} levels`;
      if (node?.kind && !mayHold(node, isList)) onField(node, null);
      levels.push({ isList, node });
      at += 1;
      expects = isList ? "value or end" : "key or end";
      if (isList) node = node?.children.get(ITEM) ?? null;
    } else if (byte === CLOSE_BRACKET && expects === "value or end") {
      at += 1;
      levels.pop();
      expects = "next";
    } else {
      const end = literalEnd(bytes, at);
      const literal = literalBetween(bytes, at, end);
      if (!LITERAL.test(literal)) return "it is no valid JSON";
      if (node?.kind && literal !== "null") onField(node, null);
      at = end;
      expects = "next";
    }
  }
  if (at !== bytes.length) return "something follows the JSON object";
  return isUtf8(bytes) ? null : "it is not in UTF-8";
}

/** Whether the tree looks for something inside: then the value isn't text, and needn't be reported. */
function mayHold({ children }: FieldNode, isList: boolean): boolean {
  return isList ? children.has(ITEM) : children.size > (children.has(ITEM) ? 1 : 0);
}

/** Index after a number or word. */
function literalEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end - start < MAX_LITERAL_BYTES && isLiteralByte(bytes[end])) end += 1;
  return end;
}

/** Its text. Most are short, and `TextDecoder` costs more than reading a few bytes. */
function literalBetween(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > MAX_SHORT_BYTES) return decoder.decode(bytes.subarray(start, end));
  let text = "";
  for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

/** Letters, digits, and the signs of numbers. */
function isLiteralByte(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte > 0x60 && byte < 0x7b) ||
      byte === 0x45 ||
      (byte > 0x2a && byte < 0x3a && byte !== COMMA && byte !== 0x2f))
  );
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) at += 1;
    else return at;
  }
}

/** Examined in pieces: as one text, a body of 32 MiB would take twice its memory. */
const PIECE_BYTES = 1024 * 1024;

function isUtf8(bytes: Uint8Array): boolean {
  const strict = new TextDecoder("utf-8", { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      strict.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true });
    }
    strict.decode();
    return true;
  } catch {
    return false;
  }
}

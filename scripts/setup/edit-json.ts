/**
 * Changes single values of a JSON text and leaves every other byte unchanged.
 * @module
 */
import { ConfigError } from "./config-error.ts";
import { type JsonMember, type JsonNode, parseJsonTree, plainValue } from "./json-tree.ts";

/** Names from the outermost object to the value. */
export type JsonPath = readonly string[];

const DEFAULT_INDENT = "  ";

/** @throws {ConfigError} if the text isn't JSON, or a value on the path isn't an object. */
export function setInJson(text: string, path: JsonPath, value: unknown): string {
  const blankText = text.trim() === "";
  if (blankText) return `${JSON.stringify(nested(path, value), null, DEFAULT_INDENT)}\n`;
  const { object, member, rest } = reach(text, path);
  const style = styleOf(text);
  if (rest.length === 0 && member !== null) {
    if (JSON.stringify(plainValue(member.value)) === JSON.stringify(value)) return text;
    const written = indented(value, indentAt(text, member.start), style);
    return text.slice(0, member.value.start) + written + text.slice(member.value.end);
  }
  const [name = "", ...inner] = rest;
  return insert(text, object, name, nested(inner, value), style);
}

/** Does nothing if there is no value. @throws {ConfigError} as `setInJson`. */
export function removeFromJson(text: string, path: JsonPath): string {
  if (text.trim() === "") return text;
  const { object, member, rest } = reach(text, path);
  if (rest.length > 0 || member === null) return text;
  const before = object.members[object.members.indexOf(member) - 1];
  const start = blankStart(text, member.start);
  const end = member.comma === null ? member.end : member.comma + 1;
  const withoutIt = text.slice(0, start) + text.slice(end);
  // For the last one, remove the comma before it.
  if (member.comma !== null || before === undefined || before.comma === null) return withoutIt;
  return withoutIt.slice(0, before.comma) + withoutIt.slice(before.comma + 1);
}

/** A value's original text; null if there is none. @throws {ConfigError} as `setInJson`. */
export function rawInJson(text: string, path: JsonPath): string | null {
  if (text.trim() === "") return null;
  const { member, rest } = reach(text, path);
  if (rest.length > 0 || member === null) return null;
  return text.slice(member.value.start, member.value.end);
}

/** Restores a value's original text. */
export function setRawInJson(text: string, path: JsonPath, raw: string): string {
  const { member, rest } = reach(text, path);
  const parsed = plainValue(parseJsonTree(raw));
  if (rest.length > 0 || member === null) return setInJson(text, path, parsed);
  return text.slice(0, member.value.start) + raw + text.slice(member.value.end);
}

/** The whole, as an object. @throws {ConfigError} */
export function readJson(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === "") return {};
  const node = parseJsonTree(text);
  if (node.members === null) throw new ConfigError("line 1: it is no object");
  return plainValue(node) as Readonly<Record<string, unknown>>;
}

type ObjectNode = Extract<JsonNode, { members: readonly JsonMember[] }>;

interface Reached {
  /** The innermost existing object on the path. */
  readonly object: ObjectNode;
  /** The value at the path's end; null for none. */
  readonly member: JsonMember | null;
  /** Names that don't exist yet. */
  readonly rest: JsonPath;
}

function reach(text: string, path: JsonPath): Reached {
  let node = parseJsonTree(text);
  for (const [depth, name] of path.entries()) {
    if (node.members === null) {
      const place = path.slice(0, depth).join(".") || "the whole";
      throw new ConfigError(`${place} is no object, and "${name}" should stand in it`);
    }
    // The last of two with one name counts.
    const member = node.members.findLast(({ key }) => key === name);
    if (member === undefined) return { object: node, member: null, rest: path.slice(depth) };
    if (depth === path.length - 1) return { object: node, member, rest: [] };
    node = member.value;
  }
  throw new TypeError("a path has names");
}

interface Style {
  readonly indent: string;
  readonly lineEnd: string;
}

function styleOf(text: string): Style {
  return {
    indent: /^\{(?:[^\S\n]*\r?\n)+([ \t]+)\S/.exec(text.trimStart())?.[1] ?? DEFAULT_INDENT,
    lineEnd: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

/** The indentation of a line's first text. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function indented(value: unknown, outer: string, { indent, lineEnd }: Style): string {
  return JSON.stringify(value, null, indent).replaceAll("\n", lineEnd + outer);
}

function insert(text: string, object: ObjectNode, name: string, value: unknown, style: Style) {
  const last = object.members.at(-1);
  const key = JSON.stringify(name);
  if (last === undefined) {
    const outer = indentAt(text, object.start);
    const inner = outer + style.indent;
    const written = `${style.lineEnd}${inner}${key}: ${indented(value, inner, style)}`;
    // It may contain comments.
    const isBare = text.slice(object.start + 1, object.end - 1).trim() === "";
    const head = text.slice(0, object.start + 1);
    const tail = isBare ? text.slice(object.end - 1) : text.slice(object.start + 1);
    return `${head}${written}${isBare ? style.lineEnd + outer : ""}${tail}`;
  }
  const at = last.comma === null ? last.end : last.comma + 1;
  const isOnOneLine = !text.slice(object.start, last.start).includes("\n");
  const inner = indentAt(text, last.start);
  const written = isOnOneLine
    ? ` ${key}: ${JSON.stringify(value)}`
    : `${style.lineEnd}${inner}${key}: ${indented(value, inner, style)}`;
  const [before, after] = last.comma === null ? [",", ""] : ["", ","];
  return text.slice(0, at) + before + written + after + text.slice(at);
}

/** Where the blanks before a member begin, including its line's end. */
function blankStart(text: string, start: number): number {
  return start - (/\r?\n?[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0);
}

function nested(path: JsonPath, value: unknown): unknown {
  return path.reduceRight((inner, name) => ({ [name]: inner }), value);
}

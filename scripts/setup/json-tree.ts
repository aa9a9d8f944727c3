/**
 * Parses JSON with the comments and trailing commas of configuration files (JSONC), with the position of each value.
 * @module
 */
import { ConfigError } from "./config-error.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface JsonMember extends Span {
  readonly key: string;
  readonly value: JsonNode;
  /** The position of the comma after it; null for none. */
  readonly comma: number | null;
}

export type JsonNode = Span &
  (
    | { readonly members: readonly JsonMember[] }
    | { readonly members: null; readonly value: unknown }
  );

/** @throws {ConfigError} if the text is invalid, with the line. */
export function parseJsonTree(text: string): JsonNode {
  const parser = new Parser(text);
  const node = parser.value();
  parser.expectEnd();
  return node;
}

export function plainValue(node: JsonNode): unknown {
  if (node.members === null) return node.value;
  return Object.fromEntries(node.members.map(({ key, value }) => [key, plainValue(value)]));
}

const BLANK = /(?:[\s\uFEFF]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;
/** No configuration is deeper. */
const MAX_DEPTH = 100;

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonNode {
    this.#skipBlank();
    const start = this.#at;
    const first = this.#text[start];
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail("it is nested too deeply");
    const rest = first === "{" ? this.#object() : { members: null, value: this.#other(first) };
    this.#depth -= 1;
    return { start, end: this.#at, ...rest };
  }

  expectEnd(): void {
    this.#skipBlank();
    if (this.#at < this.#text.length) this.#fail("there is more after its end");
  }

  #other(first: string | undefined): unknown {
    return first === "[" ? this.#array() : this.#scalar();
  }

  #object(): { members: readonly JsonMember[] } {
    const members: JsonMember[] = [];
    this.#at += 1;
    while (!this.#takes("}")) {
      this.#skipBlank();
      const start = this.#at;
      const key = this.#matched(STRING, "a name in double quotes");
      if (!this.#takes(":")) this.#fail("a colon is missing");
      const value = this.value();
      const hasComma = this.#takes(",");
      const comma = hasComma ? this.#at - 1 : null;
      members.push({ key: this.#parsed(key), value, start, end: value.end, comma });
      if (hasComma) continue;
      if (!this.#takes("}")) this.#fail("a comma or a closing brace is missing");
      break;
    }
    return { members };
  }

  #array(): readonly unknown[] {
    const values: unknown[] = [];
    this.#at += 1;
    while (!this.#takes("]")) {
      values.push(plainValue(this.value()));
      if (this.#takes(",")) continue;
      if (!this.#takes("]")) this.#fail("a comma or a closing bracket is missing");
      break;
    }
    return values;
  }

  #scalar(): unknown {
    const isText = this.#text[this.#at] === '"';
    return this.#parsed(this.#matched(isText ? STRING : SCALAR, "a value"));
  }

  #parsed<Value>(raw: string): Value {
    try {
      return JSON.parse(raw) as Value;
    } catch {
      return this.#fail(`${raw.slice(0, 20)} is no JSON`);
    }
  }

  /** Skips a sign, if it comes next. */
  #takes(sign: string): boolean {
    this.#skipBlank();
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #matched(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return this.#fail(`${what} is expected`);
    this.#at += found.length;
    return found;
  }

  #skipBlank(): void {
    BLANK.lastIndex = this.#at;
    this.#at += BLANK.exec(this.#text)?.[0].length ?? 0;
  }

  #fail(why: string): never {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    throw new ConfigError(`line ${line}: ${why}`);
  }
}

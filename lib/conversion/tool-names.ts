/**
 * Names of tools in chat completions, which know neither namespaces nor tools with plain input, and back.
 * @module
 */
import { type Fields, text } from "./json";

export type ToolKind = "function" | "custom";

export interface NamedTool {
  readonly name: string;
  /** Empty for none. */
  readonly namespace: string;
  readonly kind: ToolKind;
}

/** What chat completions take. */
const MAX_NAME_CHARS = 64;

export class ToolNames {
  readonly #tools = new Map<string, NamedTool>();
  /** By a tool's own name; of several of one name the first. */
  readonly #flat = new Map<string, string>();

  /** @returns The name in chat completions. */
  offer(name: string, kind: ToolKind, namespace = ""): string {
    const flat = flatName(name, namespace);
    this.#tools.set(flat, { name, namespace, kind });
    if (!this.#flat.has(name)) this.#flat.set(name, flat);
    return flat;
  }

  /** What a call in chat completions is of; a function where nobody has offered it. */
  find(flat: string): NamedTool {
    return this.#tools.get(flat) ?? { name: flat, namespace: "", kind: "function" };
  }

  /** The name under which a tool was offered, by its own. */
  nameOf(name: string): string {
    return this.#flat.get(name) ?? name;
  }

  /** Of a call in a history. */
  called({ name, namespace }: Fields): string {
    return flatName(text(name), text(namespace));
  }
}

function flatName(name: string, namespace: string): string {
  return namespace === "" ? name : `${namespace}__${name}`.slice(0, MAX_NAME_CHARS);
}

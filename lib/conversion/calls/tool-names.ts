/**
 * Maps names of tools to chat completions, which support neither namespaces nor tools with plain input, and back.
 * @module
 */
import { type Fields, text } from "../json";

export type ToolKind = "function" | "custom";

export interface NamedTool {
  readonly name: string;
  /** Empty for none. */
  readonly namespace: string;
  readonly kind: ToolKind;
}

export type ListedTools = readonly (readonly [name: string, tool: NamedTool])[];

export class ToolNames {
  readonly #tools: Map<string, NamedTool>;
  /** By a tool's own name; the first of several with the same name. */
  readonly #flat = new Map<string, string>();
  /** By the name with the namespace. */
  readonly #offered = new Map<string, string>();

  /** @param listed As `listed` returned them. */
  constructor(listed: ListedTools = []) {
    this.#tools = new Map(listed);
  }

  /** The tools by their names in chat completions, as plain data. */
  listed(): ListedTools {
    return [...this.#tools];
  }

  /** @returns The name in chat completions. */
  offer(name: string, kind: ToolKind, namespace = ""): string {
    const own = JSON.stringify([namespace, name]);
    let flat = this.#offered.get(own) ?? flatName(name, namespace);
    // A tool may be called like another one with its namespace.
    while (!this.#offered.has(own) && this.#tools.has(flat)) flat += "_";
    this.#offered.set(own, flat);
    this.#tools.set(flat, { name, namespace, kind });
    if (!this.#flat.has(name)) this.#flat.set(name, flat);
    return flat;
  }

  /** The tool that a call in chat completions refers to; a function if none was offered under this name. */
  find(flat: string): NamedTool {
    return this.#tools.get(flat) ?? { name: flat, namespace: "", kind: "function" };
  }

  /** The name under which a tool was offered, by its own name. */
  nameOf(name: string): string {
    return this.#flat.get(name) ?? name;
  }

  /** For a call in a history. */
  called({ name, namespace }: Fields): string {
    const own = JSON.stringify([text(namespace), text(name)]);
    return this.#offered.get(own) ?? flatName(text(name), text(namespace));
  }
}

function flatName(name: string, namespace: string): string {
  return namespace === "" ? name : `${namespace}__${name}`;
}

/**
 * Calls of tools as writers expect them, whatever a service makes of them: each has an index of its own; its first piece
 * has its id and its name, as the caller knows it; the others have more of its arguments and nothing else.
 *
 * Services without ids, with the same index for all calls, with the id and the name in every piece, or with the name in
 * a later one are known: Gemini's and Mistral's OpenAI-compatible endpoints, Ollama, vLLM with some parsers.
 * @module
 */
import type { AnswerPart } from "../answer-part";
import type { PartReader } from "../conversion";
import type { RenamedTools } from "./call-limits";

type ToolPart = Extract<AnswerPart, { kind: "tool" }>;

interface SteadyCall {
  readonly index: number;
  /** As the service says it; empty if it has not said one. */
  id: string;
  name: string;
  /** What came before its name. */
  held: string;
  state: ToolPart["state"];
  isBegun: boolean;
}

export class SteadyCalls implements PartReader {
  readonly #reader: PartReader;
  readonly #seed: string;
  /** Own names, by those at the service. */
  readonly #names: ReadonlyMap<string, string>;
  /** The last call with each of the service's indexes, and each call by its id. */
  readonly #byIndex = new Map<number, SteadyCall>();
  readonly #byId = new Map<string, SteadyCall>();
  #calls = 0;

  constructor(reader: PartReader, seed: string, renamed: RenamedTools) {
    this.#reader = reader;
    this.#seed = seed;
    this.#names = new Map(renamed);
  }

  read(piece: unknown): AnswerPart[] {
    const parts = this.#reader.read(piece);
    if (!parts.some(({ kind }) => kind === "tool")) return parts;
    return parts.flatMap((part) => (part.kind === "tool" ? this.#steady(part) : [part]));
  }

  #steady(part: ToolPart): AnswerPart[] {
    const call = this.#callOf(part);
    const { index } = call;
    const { arguments: json, state, isPlain } = part;
    if (call.isBegun) {
      if (json === "" && state === undefined) return [];
      return [{ ...part, index, id: "", name: "" }];
    }
    call.id ||= part.id;
    call.name ||= part.name;
    call.held += json;
    call.state = state ?? call.state;
    if (call.name === "") return [];
    call.isBegun = true;
    return [
      {
        kind: "tool",
        index,
        id: call.id || `call_${this.#seed}_${index}`,
        name: this.#names.get(call.name) ?? call.name,
        arguments: call.held,
        ...(call.state !== undefined && { state: call.state }),
        ...(isPlain === true && { isPlain }),
      },
    ];
  }

  #callOf({ index, id, name }: ToolPart): SteadyCall {
    const byId = id === "" ? undefined : this.#byId.get(id);
    if (byId !== undefined) return byId;
    const last = this.#byIndex.get(index);
    if (last !== undefined && !isAnother(last, id, name)) {
      if (id !== "") this.#byId.set(id, last);
      return last;
    }
    const call: SteadyCall = {
      index: this.#calls,
      id: "",
      name: "",
      held: "",
      state: undefined,
      isBegun: false,
    };
    this.#calls += 1;
    this.#byIndex.set(index, call);
    if (id !== "") this.#byId.set(id, call);
    return call;
  }
}

/** Whether a piece with the same index begins another call. */
function isAnother(last: SteadyCall, id: string, name: string): boolean {
  if (name === "") return false;
  return (last.id !== "" && id !== "") || (last.name !== "" && name !== last.name);
}

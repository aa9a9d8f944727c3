/**
 * The stream of a response as some services send it: framed in any way that Server-Sent Events allow, with calls that
 * lack ids or share an index, with words in the middle of a call, with nothing but the last event.
 * @module
 */
import fc from "fast-check";
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { type Fields, fields, list } from "../../lib/conversion/json.ts";
import { ANSWERS } from "./answers-in-forms.ts";
import { type ChatAnswer, chatChunks } from "./chat-answers.ts";

export interface Oddity {
  readonly lineEnd: "\n" | "\r\n";
  /** Comments, ids and retry times between events. */
  readonly hasNoise: boolean;
  /** Whether each event's JSON has several lines. */
  readonly isIndented: boolean;
  /** Whether the stream just ends, where others send a last line. */
  readonly lacksDone: boolean;
  readonly ids: "usual" | "none" | "in every piece";
  readonly indexes: "usual" | "none" | "all zero";
  /** Whether a call's pieces are mixed with words. */
  readonly isInterrupted: boolean;
  readonly usageIn: "usage" | "choice" | "x_groq";
  /** Whether everything comes at once: in the last event, or with a block's begin. */
  readonly isAtOnce: boolean;
}

export const oddities: fc.Arbitrary<Oddity> = fc.record({
  lineEnd: fc.constantFrom("\n", "\r\n"),
  hasNoise: fc.boolean(),
  isIndented: fc.boolean(),
  lacksDone: fc.boolean(),
  ids: fc.constantFrom("usual", "none", "in every piece"),
  indexes: fc.constantFrom("usual", "none", "all zero"),
  isInterrupted: fc.boolean(),
  usageIn: fc.constantFrom("usage", "choice", "x_groq"),
  isAtOnce: fc.boolean(),
});

export function oddStream(form: ConvertibleForm, answer: ChatAnswer, oddity: Oddity): string {
  const events = EVENTS[form](answer, oddity);
  return events.map((event) => framed(event, oddity)).join("");
}

const EVENTS: Readonly<
  Record<ConvertibleForm, (answer: ChatAnswer, oddity: Oddity) => readonly (Fields | string)[]>
> = {
  chat: (answer, oddity) => [...oddChunks(answer, oddity), ...(oddity.lacksDone ? [] : ["[DONE]"])],
  messages: (answer, { isAtOnce, hasNoise }) => {
    const events = eventsOf("messages", answer);
    const noisy = hasNoise ? events.flatMap((event) => [{ type: "ping" }, event]) : events;
    if (!isAtOnce) return noisy;
    // The input of a call comes with its block's begin, and in no pieces.
    const calls = [...answer.calls];
    return noisy.flatMap((event) => {
      const block = fields(event.content_block);
      if (fields(event.delta).type === "input_json_delta") return [];
      if (block.type !== "tool_use") return [event];
      return [{ ...event, content_block: { ...block, input: calls.shift()?.input } }];
    });
  },
  responses: (answer, { isAtOnce, hasNoise }) => {
    const events = eventsOf("responses", answer);
    if (isAtOnce) return events.slice(-1);
    const noise = { type: "response.newer.event", output_index: 0, item: { type: "newer" } };
    return hasNoise ? events.flatMap((event) => [event, noise]) : events;
  },
  gemini: (answer, { isAtOnce }) =>
    isAtOnce ? [fields(ANSWERS.gemini.whole(answer))] : eventsOf("gemini", answer),
};

function eventsOf(form: ConvertibleForm, answer: ChatAnswer): Fields[] {
  return ANSWERS[form]
    .stream(answer)
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => fields(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "")));
}

function oddChunks(answer: ChatAnswer, { ids, indexes, isInterrupted, usageIn }: Oddity): Fields[] {
  // Mixed calls need indexes.
  const isMixed = answer.isMixed && indexes === "usual";
  const chunks = chatChunks({ ...answer, isMixed }).map(fields);
  const odd = chunks.map((chunk) => {
    const choice = fields(list(chunk.choices)[0]);
    const delta = fields(choice.delta);
    const [call] = list(delta.tool_calls).map(fields);
    if (call === undefined) return chunk;
    const { index, id: _, ...rest } = call;
    const known = answer.calls[Number(index)];
    const named = { ...fields(rest.function), name: known?.name };
    const said = {
      ...rest,
      ...(indexes !== "none" && { index: indexes === "usual" ? index : 0 }),
      ...(ids === "usual" && call.id !== undefined && { id: call.id }),
      ...(ids === "in every piece" && { id: known?.id, function: named }),
    };
    return { ...chunk, choices: [{ ...choice, delta: { ...delta, tool_calls: [said] } }] };
  });
  const moved = isInterrupted ? withWordsBetween(odd) : odd;
  return moved.map((chunk) => reported(chunk, usageIn));
}

/** Every text comes behind a piece of a call, as long as there are such pieces. */
function withWordsBetween(chunks: readonly Fields[]): Fields[] {
  const isText = (chunk: Fields) => {
    const { content } = fields(fields(list(chunk.choices)[0]).delta);
    return typeof content === "string" && content !== "";
  };
  const texts = chunks.filter(isText);
  const others = chunks.filter((chunk) => !isText(chunk));
  const end = others.findIndex((chunk) => fields(list(chunk.choices)[0]).finish_reason !== null);
  const mixed = others.slice(0, end).flatMap((chunk) => [chunk, ...texts.splice(0, 1)]);
  return [...mixed, ...texts, ...others.slice(end)];
}

function reported(chunk: Fields, usageIn: Oddity["usageIn"]): Fields {
  const { usage, ...rest } = chunk;
  if (usage === undefined || usageIn === "usage") return chunk;
  if (usageIn === "x_groq") return { ...rest, x_groq: { usage } };
  return { ...rest, choices: [{ index: 0, delta: {}, finish_reason: null, usage }] };
}

function framed(event: Fields | string, { lineEnd, hasNoise, isIndented }: Oddity): string {
  const json = typeof event === "string" ? event : JSON.stringify(event, null, isIndented ? 1 : 0);
  const lines = json.split("\n").map((line) => (isIndented ? `data:${line}` : `data: ${line}`));
  const noise = hasNoise ? [": keep-alive", "", "id: 7", "retry: 10"] : [];
  return [...noise, ...lines, "", ""].join(lineEnd);
}

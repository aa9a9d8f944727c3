/** The fake models' words and how they are counted. @module */
import { asArray, asObject, asString } from "./json.ts";

/** A fake model's output: deterministic, and it shows the prompt. */
export function replyTo(prompt: string): string {
  return prompt === "" ? "Hello! How can I help you today?" : `You said: ${prompt}`;
}

/** About four characters per token, at least one. */
export function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

/** The text in pieces of one word, as in streams. */
export function inPieces(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [text];
}

/** Text of an OpenAI or Anthropic `content`: a string, or parts with `text`. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return asArray(content)
    .map((part) => asString(asObject(part).text))
    .join("");
}

/** Text of the last message of a role. */
export function lastText(messages: unknown, role: string): string {
  const last = asArray(messages)
    .map(asObject)
    .findLast((message) => message.role === role);
  return contentText(last?.content);
}

/** Arguments that satisfy a flat JSON schema: `Paris` for text, 1 for numbers, true for booleans. */
export function argumentsFor(schema: unknown): Record<string, unknown> {
  const properties = asObject(asObject(schema).properties);
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const type = asString(asObject(property).type).toLowerCase();
      return [name, type === "number" || type === "integer" ? 1 : type === "boolean" || "Paris"];
    }),
  );
}

/** A unit vector that depends only on its length. */
export function embedding(dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_, index) => (index === 0 ? 1 : 0));
}

/** Meaningless bytes that are the same each time (a linear congruential generator). */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

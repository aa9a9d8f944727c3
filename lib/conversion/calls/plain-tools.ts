/**
 * Tools with plain input (OpenAI's `custom` tools) as functions with a single text, for formats that have only functions.
 * @module
 */
import { type Fields, fields, given, parsedJson, text } from "../json";

const PARAMETERS = {
  type: "object",
  properties: { input: { type: "string", description: "All of the input, as plain text" } },
  required: ["input"],
  additionalProperties: false,
};

/** @param rules The grammar of its input, which the model can only read; empty for none. */
export function plainFunction(name: unknown, description: unknown, rules: string): Fields {
  const explanation =
    rules === "" ? description : `${text(description)}\n\nThe input's grammar:\n${rules}`;
  return given({ name, description: explanation ?? undefined, parameters: PARAMETERS });
}

export function plainArguments(input: unknown): string {
  return JSON.stringify({ input: text(input) });
}

/** What a model wrote, if it is not the function's arguments. */
export function plainInput(json: string): string {
  const { input } = fields(parsedJson(json));
  return typeof input === "string" ? input : json;
}

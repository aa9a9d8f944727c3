/**
 * What a request needs from a model beyond text, read from its body: OpenAI's chat completions and responses,
 * Anthropic's messages, Google's generateContent.
 * @module
 */
import { CAPABILITIES, type Capability, type ModelAlias } from "../../models/model-alias";
import type { RequestBody } from "./request-body";

const decoder = new TextDecoder();

/**
 * The needs that matter to an alias: a body is read completely only if some target lacks a capability. One that is too
 * long to be kept can't be read, and counts as needing everything; a form needs nothing.
 */
export function neededCapabilities(alias: ModelAlias, body: RequestBody): readonly Capability[] {
  const isDeclared = alias.targets.some(
    ({ capabilities }) => capabilities.length < CAPABILITIES.length,
  );
  if (!isDeclared || body.kind === "none") return [];
  if (body.kind === "streamed") return CAPABILITIES;
  const request = parsed(decoder.decode(body.bytes));
  return request === null ? [] : CAPABILITIES.filter((each) => NEEDS[each](request));
}

type Fields = Readonly<Record<string, unknown>>;

const NEEDS: Readonly<Record<Capability, (request: Fields) => boolean>> = {
  tools: ({ tools, functions }) => isFilled(tools) || isFilled(functions),
  vision: ({ messages, input, contents }) => [messages, input, contents].some(holdsPicture),
  json_schema: (request) => {
    const { response_format, text, output_format, output_config } = request;
    const google = fields(request.generationConfig ?? request.generation_config);
    return (
      [response_format, fields(text).format, output_format, fields(output_config).format].some(
        (format) => fields(format).type === "json_schema",
      ) ||
      ["responseSchema", "response_schema", "responseJsonSchema", "response_json_schema"].some(
        (name) => google[name] !== undefined,
      )
    );
  },
};

const PICTURE_TYPES: ReadonlySet<unknown> = new Set(["image_url", "input_image", "image"]);

/** Searches messages and their parts at any depth (Anthropic's tool results contain parts again). */
function holdsPicture(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPicture);
  const part = fields(value);
  if (PICTURE_TYPES.has(part.type)) return true;
  const file = fields(part.inlineData ?? part.inline_data ?? part.fileData ?? part.file_data);
  if (String(file.mimeType ?? file.mime_type ?? "").startsWith("image/")) return true;
  return holdsMore(part.content) || holdsMore(part.parts);
}

function holdsMore(value: unknown): boolean {
  return typeof value === "object" && value !== null && holdsPicture(value);
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** An object's fields; none for anything else. */
function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function parsed(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

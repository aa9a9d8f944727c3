import type { ChatDialect } from "./chat-dialect";
import { ChatReader } from "./chat-reader";
import type { Conversion } from "./conversion";
import { type Fields, fields, list } from "./json";
import { responsesToChat } from "./responses-to-chat";
import {
  type ResponsesContext,
  ResponsesWriter,
  responsesAnswer,
  responsesError,
} from "./responses-writer";

/**
 * Responses at a provider that supports chat completions.
 * @param model As the provider names it.
 * @throws {ConversionError}
 */
export function responsesByChat(
  body: unknown,
  model: string,
  dialect: ChatDialect,
  facts: Pick<ResponsesContext, "model" | "nowMs">,
): { readonly request: Fields; readonly conversion: Conversion } {
  const { request, dropped, names } = responsesToChat(body, model, dialect);
  const asked = fields(body);
  const sealsThoughts = list(asked.include).includes("reasoning.encrypted_content");
  const context: ResponsesContext = { ...facts, names, sealsThoughts, request: asked };
  const conversion: Conversion = {
    from: "responses",
    to: "chat",
    dropped,
    reader: () => new ChatReader(),
    writer: () => new ResponsesWriter(context),
    answer: (parts) => responsesAnswer(parts, context),
    error: responsesError,
  };
  return { request, conversion };
}

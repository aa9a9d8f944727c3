import { ON_THE_WAY_TO_MESSAGES } from "./chat-dialect";
import { chatToMessages } from "./chat-to-messages";
import type { Conversion } from "./conversion";
import type { Fields } from "./json";
import { MessagesReader } from "./messages-reader";
import { responsesByChat } from "./responses-by-chat";
import type { ResponsesContext } from "./responses-writer";

/**
 * Responses at a provider that supports Messages. The request is converted through chat completions, the response
 * isn't.
 * @param model As the provider names it.
 * @throws {ConversionError}
 */
export function responsesByMessages(
  body: unknown,
  model: string,
  facts: Pick<ResponsesContext, "model" | "nowMs">,
): { readonly request: Fields; readonly conversion: Conversion } {
  const chat = responsesByChat(body, model, ON_THE_WAY_TO_MESSAGES, facts);
  const { request, dropped } = chatToMessages(chat.request, model);
  const lost = new Set([...chat.conversion.dropped, ...dropped]);
  const conversion: Conversion = {
    ...chat.conversion,
    to: "messages",
    dropped: [...lost],
    reader: () => new MessagesReader(),
  };
  return { request, conversion };
}

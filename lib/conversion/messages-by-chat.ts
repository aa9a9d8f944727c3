import type { ChatDialect } from "./chat-dialect";
import { ChatReader } from "./chat-reader";
import type { Conversion } from "./conversion";
import type { Fields } from "./json";
import { messagesToChat } from "./messages-to-chat";
import {
  type MessagesContext,
  MessagesWriter,
  messagesAnswer,
  messagesError,
} from "./messages-writer";

/**
 * Messages at a provider that supports chat completions.
 * @param model As the provider names it.
 * @throws {ConversionError}
 */
export function messagesByChat(
  body: unknown,
  model: string,
  dialect: ChatDialect,
  context: MessagesContext,
): { readonly request: Fields; readonly conversion: Conversion } {
  const { request, dropped } = messagesToChat(body, model, dialect);
  const conversion: Conversion = {
    from: "messages",
    to: "chat",
    dropped,
    reader: () => new ChatReader(),
    writer: () => new MessagesWriter(context),
    answer: (parts) => messagesAnswer(parts, context),
    error: messagesError,
  };
  return { request, conversion };
}

import { chatToMessages } from "./chat-to-messages";
import { type ChatContext, ChatWriter, chatAnswer, chatError } from "./chat-writer";
import type { Conversion } from "./conversion";
import { type Fields, fields } from "./json";
import { MessagesReader } from "./messages-reader";

/**
 * Chat completions at a provider that supports Messages.
 * @param model As the provider names it.
 * @throws {ConversionError}
 */
export function chatByMessages(
  body: unknown,
  model: string,
  facts: Pick<ChatContext, "model" | "nowMs">,
): { readonly request: Fields; readonly conversion: Conversion } {
  const { request, dropped } = chatToMessages(body, model);
  const { include_usage } = fields(fields(body).stream_options);
  const context: ChatContext = { ...facts, includesUsage: include_usage === true };
  const conversion: Conversion = {
    from: "chat",
    to: "messages",
    dropped,
    reader: () => new MessagesReader(),
    writer: () => new ChatWriter(context),
    answer: (parts) => chatAnswer(parts, context),
    error: chatError,
  };
  return { request, conversion };
}

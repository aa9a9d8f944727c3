import type { ChatDialect } from "./chat-dialect";
import { ChatReader } from "./chat-reader";
import type { Conversion } from "./conversion";
import { geminiToChat } from "./gemini-to-chat";
import { type GeminiContext, GeminiWriter, geminiAnswer, geminiError } from "./gemini-writer";
import { type Fields, fields } from "./json";

/**
 * Google's `generateContent` at a provider that supports chat completions.
 * @param model As the provider names it.
 * @throws {ConversionError}
 */
export function geminiByChat(
  body: unknown,
  model: string,
  dialect: ChatDialect,
  facts: { readonly model: string; readonly isStream: boolean },
): { readonly request: Fields; readonly conversion: Conversion } {
  const { request, dropped } = geminiToChat(body, model, dialect, facts.isStream);
  const asked = fields(body);
  const settings = fields(asked.generationConfig ?? asked.generation_config);
  const { includeThoughts, include_thoughts } = fields(
    settings.thinkingConfig ?? settings.thinking_config,
  );
  const includesThoughts = includeThoughts === true || include_thoughts === true;
  const context: GeminiContext = { model: facts.model, includesThoughts };
  const conversion: Conversion = {
    from: "gemini",
    to: "chat",
    dropped,
    reader: () => new ChatReader(),
    writer: () => new GeminiWriter(context),
    answer: (parts) => geminiAnswer(parts, context),
    error: geminiError,
  };
  return { request, conversion };
}

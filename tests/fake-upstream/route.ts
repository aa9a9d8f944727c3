/** Which imitation handles a request. @module */
import { answerAnthropic } from "./anthropic.ts";
import { answerEcho } from "./echo.ts";
import { answerGoogle } from "./google.ts";
import { answerInvalidUrl, openAiAnswerer } from "./openai.ts";
import { answerChatCompletion } from "./openai-chat.ts";
import { specialAnswerer } from "./special-models.ts";
import { answerCartesia, answerDeepgram, answerElevenLabs } from "./speech-providers.ts";
import type { Exchange } from "./types.ts";

export async function answer(exchange: Exchange): Promise<void> {
  const special = specialAnswerer(exchange.model);
  if (special !== null) {
    await special(exchange);
    return;
  }
  switch (exchange.slug) {
    case "anthropic":
      return answerAnthropic(exchange);
    case "google-ai-studio":
      return answerGoogle(exchange);
    case "elevenlabs":
      return answerElevenLabs(exchange);
    case "deepgram":
      return answerDeepgram(exchange);
    case "cartesia":
      return answerCartesia(exchange);
    case "compat":
      // AI Gateway's compat only supports chat completions.
      return exchange.path === "chat/completions"
        ? answerChatCompletion(exchange)
        : answerInvalidUrl(exchange);
    default: {
      const fallback = exchange.slug === "openai" ? answerInvalidUrl : answerEcho;
      await (openAiAnswerer(exchange.path) ?? fallback)(exchange);
    }
  }
}

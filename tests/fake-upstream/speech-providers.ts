/**
 * ElevenLabs, Deepgram and Cartesia, as far as speech in and out goes.
 * @module
 */
import { slices } from "./openai-media.ts";
import { sendChunks, sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { noise } from "./words.ts";

/** The audio of ElevenLabs and Cartesia: 32 KiB. */
export const VOICE_BYTES = noise(32 * 1024, 3);

export async function answerElevenLabs(exchange: Exchange): Promise<void> {
  if (exchange.path.startsWith("v1/text-to-speech/")) {
    await sendChunks(exchange, "audio/mpeg", slices(VOICE_BYTES, 2048));
  } else if (exchange.path === "v1/models") {
    const model = { model_id: "eleven_flash_v2_5", name: "Eleven Flash v2.5" };
    sendJson(exchange, [{ ...model, can_do_text_to_speech: true }]);
  } else if (exchange.path === "v1/user") {
    sendJson(exchange, {
      subscription: { tier: "free", character_count: 0, character_limit: 10_000 },
    });
  } else {
    sendJson(exchange, { detail: "Not Found" }, 404);
  }
}

export async function answerDeepgram(exchange: Exchange): Promise<void> {
  if (exchange.path === "v1/projects") {
    sendJson(exchange, { projects: [{ project_id: "fake", name: "fake" }] });
    return;
  }
  const transcript = `${exchange.body.length} bytes heard`;
  sendJson(exchange, {
    metadata: { request_id: "fake0001", duration: 1, channels: 1, models: [exchange.model] },
    results: { channels: [{ alternatives: [{ transcript, confidence: 0.99, words: [] }] }] },
  });
}

export async function answerCartesia(exchange: Exchange): Promise<void> {
  if (exchange.path.startsWith("tts/bytes")) {
    await sendChunks(exchange, "audio/wav", slices(VOICE_BYTES, 2048));
  } else {
    sendJson(exchange, { data: [], has_more: false });
  }
}

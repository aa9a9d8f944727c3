/** What the report's upstream sends, as OpenAI's API documents it. @module */

const common = { id: "chatcmpl-bench", created: 0, model: "gpt-bench" };
const usage = { prompt_tokens: 20, completion_tokens: 120, total_tokens: 140 };

/** 1 KB. */
export const COMPLETION = JSON.stringify({
  ...common,
  object: "chat.completion",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "word ".repeat(160) },
      finish_reason: "stop",
    },
  ],
  usage,
});

/** Events of a stream, each of about 1 KB, without the three that end it. */
export const STREAM_EVENTS = 64;

const event = (fields: object) =>
  `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", ...fields })}\n\n`;

const delta = (content: string, finish_reason: string | null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});

/** Ends as a complete stream does: a finish reason, the usage, `[DONE]`. */
export const STREAM: readonly Buffer[] = [
  ...Array.from({ length: STREAM_EVENTS }, () => event(delta("word ".repeat(170), null))),
  event(delta("", "stop")),
  event({ choices: [], usage }),
  "data: [DONE]\n\n",
].map((text) => Buffer.from(text));

export const REJECTION = JSON.stringify({
  error: {
    message: "Rate limit reached for requests. Please try again in 60s.",
    type: "requests",
    param: null,
    code: "rate_limit_exceeded",
  },
});

/**
 * OpenAI's chat completions, as JSON and as Server-Sent Events. Source: `openai/resources/chat/completions`.
 * @module
 */
import type { JsonObject } from "./json.ts";
import { asArray, asObject, asString } from "./json.ts";
import { dataEvent, sendEvents, sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { argumentsFor, contentText, countTokens, inPieces, lastText, replyTo } from "./words.ts";

const CREATED_SECONDS = 1_760_000_000;

export async function answerChatCompletion(exchange: Exchange): Promise<void> {
  const reply = composeReply(exchange.json);
  if (exchange.json.stream === true) {
    await sendEvents(exchange, streamOf(exchange, reply));
    return;
  }
  sendJson(exchange, {
    id: "chatcmpl-fake0001",
    object: "chat.completion",
    created: CREATED_SECONDS,
    model: exchange.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: reply.text,
          refusal: null,
          annotations: [],
          ...(reply.toolCall && { tool_calls: [reply.toolCall] }),
        },
        logprobs: null,
        finish_reason: reply.finishReason,
      },
    ],
    usage: usageOf(exchange, reply),
    service_tier: "default",
    system_fingerprint: "fp_fake",
  });
}

interface Reply {
  readonly text: string | null;
  readonly toolCall: ToolCall | null;
  readonly finishReason: "stop" | "tool_calls";
}

interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Calls the first tool offered, unless its result is already there. */
function composeReply(json: JsonObject): Reply {
  const tool = asObject(asObject(asArray(json.tools)[0]).function);
  const last = asObject(asArray(json.messages).at(-1));
  if (tool.name !== undefined && json.tool_choice !== "none" && last.role !== "tool") {
    const call = {
      name: asString(tool.name),
      arguments: JSON.stringify(argumentsFor(tool.parameters)),
    };
    return {
      text: null,
      toolCall: { id: "call_fake0001", type: "function", function: call },
      finishReason: "tool_calls",
    };
  }
  const prompt = last.role === "tool" ? contentText(last.content) : lastText(json.messages, "user");
  return { text: replyTo(prompt), toolCall: null, finishReason: "stop" };
}

function* streamOf(exchange: Exchange, reply: Reply): Generator<string> {
  const includesUsage = asObject(exchange.json.stream_options).include_usage === true;
  const chunk = (choices: unknown[], usage: unknown = null): string =>
    dataEvent({
      id: "chatcmpl-fake0001",
      object: "chat.completion.chunk",
      created: CREATED_SECONDS,
      model: exchange.model,
      service_tier: "default",
      system_fingerprint: "fp_fake",
      choices,
      ...(includesUsage && { usage }),
    });
  const delta = (content: unknown, finishReason: string | null = null): string =>
    chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finishReason }]);

  yield delta({ role: "assistant", content: reply.toolCall ? null : "", refusal: null });
  if (reply.toolCall) {
    const { id, type, function: call } = reply.toolCall;
    yield delta({
      tool_calls: [{ index: 0, id, type, function: { name: call.name, arguments: "" } }],
    });
    for (const piece of inPieces(call.arguments)) {
      yield delta({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
    }
  }
  for (const piece of inPieces(reply.text ?? "")) yield delta({ content: piece });
  yield delta({}, reply.finishReason);
  if (includesUsage) yield chunk([], usageOf(exchange, reply));
  yield "data: [DONE]\n\n";
}

function usageOf({ json, reportUsage }: Exchange, reply: Reply): unknown {
  const prompt = countTokens(JSON.stringify(json.messages ?? ""));
  const completion = countTokens(reply.text ?? reply.toolCall?.function.arguments ?? "");
  reportUsage({ inputTokens: prompt, outputTokens: completion });
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/**
 * OpenAI's responses API, as JSON and as typed Server-Sent Events.
 * Source: `openai/resources/responses`.
 * @module
 */
import type { JsonObject } from "./json.ts";
import { asArray, asObject, asString } from "./json.ts";
import { sendEvents, sendJson, typedEvent } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { argumentsFor, countTokens, inPieces, lastText, replyTo } from "./words.ts";

const CREATED_SECONDS = 1_760_000_000;

export async function answerResponse(exchange: Exchange): Promise<void> {
  const item = composeItem(exchange.json);
  if (exchange.json.stream === true) {
    await sendEvents(exchange, streamOf(exchange, item));
    return;
  }
  sendJson(exchange, responseObject(exchange, "completed", [item]));
}

type OutputItem = ReturnType<typeof message> | ReturnType<typeof functionCall>;

function composeItem(json: JsonObject): OutputItem {
  const tool = asObject(asArray(json.tools)[0]);
  const last = asObject(asArray(json.input).at(-1));
  if (tool.type === "function" && last.type !== "function_call_output") {
    return functionCall(asString(tool.name), JSON.stringify(argumentsFor(tool.parameters)));
  }
  const prompt = asString(json.input) || asString(last.output) || lastText(json.input, "user");
  return message(replyTo(prompt));
}

function message(text: string) {
  return {
    id: "msg_fake0001",
    type: "message" as const,
    status: "completed",
    role: "assistant",
    content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    text,
  };
}

function functionCall(name: string, args: string) {
  return {
    id: "fc_fake0001",
    type: "function_call" as const,
    status: "completed",
    call_id: "call_fake0001",
    name,
    arguments: args,
  };
}

function responseObject(exchange: Exchange, status: string, items: readonly OutputItem[]) {
  const output = items.map((item) => onWire(item));
  const inputTokens = countTokens(JSON.stringify(exchange.json.input ?? ""));
  const outputTokens = countTokens(JSON.stringify(output));
  if (status === "completed") exchange.reportUsage({ inputTokens, outputTokens });
  return {
    id: "resp_fake0001",
    object: "response",
    created_at: CREATED_SECONDS,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: exchange.model,
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: "auto",
    tools: exchange.json.tools ?? [],
    top_p: 1,
    usage:
      status === "completed"
        ? {
            input_tokens: inputTokens,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: outputTokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: inputTokens + outputTokens,
          }
        : null,
  };
}

function onWire(item: OutputItem): unknown {
  if (item.type === "function_call") return item;
  const { text: _, ...rest } = item;
  return rest;
}

function* streamOf(exchange: Exchange, item: OutputItem): Generator<string> {
  let sequence = 0;
  const event = (type: string, fields: Record<string, unknown>): string =>
    typedEvent(type, { sequence_number: sequence++, ...fields });
  const inItem = { item_id: item.id, output_index: 0 };

  yield event("response.created", { response: responseObject(exchange, "in_progress", []) });
  yield event("response.in_progress", { response: responseObject(exchange, "in_progress", []) });
  if (item.type === "message") {
    const inPart = { ...inItem, content_index: 0 };
    const emptyPart = { type: "output_text", text: "", annotations: [], logprobs: [] };
    yield event("response.output_item.added", {
      output_index: 0,
      item: { ...asObject(onWire(item)), status: "in_progress", content: [] },
    });
    yield event("response.content_part.added", { ...inPart, part: emptyPart });
    for (const delta of inPieces(item.text)) {
      yield event("response.output_text.delta", { ...inPart, delta, logprobs: [] });
    }
    yield event("response.output_text.done", { ...inPart, text: item.text, logprobs: [] });
    yield event("response.content_part.done", { ...inPart, part: item.content[0] });
  } else {
    yield event("response.output_item.added", {
      output_index: 0,
      item: { ...item, status: "in_progress", arguments: "" },
    });
    for (const delta of inPieces(item.arguments)) {
      yield event("response.function_call_arguments.delta", { ...inItem, delta });
    }
    yield event("response.function_call_arguments.done", { ...inItem, arguments: item.arguments });
  }
  yield event("response.output_item.done", { output_index: 0, item: onWire(item) });
  yield event("response.completed", { response: responseObject(exchange, "completed", [item]) });
}

/**
 * The upstream of the real programs: it supports the four API formats, streamed. Asked to use a tool, it calls the
 * program's shell once, and then repeats what the shell has printed. `POST /rest {seconds}` simulates a used-up quota
 * for this long.
 * @module
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { type Fields, fields, list, text } from "../../lib/conversion/json.ts";

export interface AgentUpstream {
  /** To be used as `AI_GATEWAY_URL`. */
  readonly gatewayUrl: string;
  /** Its quota is used up for this many seconds from now; 0 for not. */
  rest(seconds: number): void;
  /** It takes this long between the words that it streams. */
  pause(ms: number): void;
  close(): Promise<void>;
}

/** Its response to a prompt without a tool. */
export const GREETING = "The pool says hello.";
/** In a prompt: use the shell. */
export const TOOL_WORD = "USE_THE_SHELL";
/** Printed by the shell, and so only by a program that ran the command. */
export const TOOL_RESULT = "pool-7734";
const COMMAND = "printf %s-%s pool 7734";

export const MODELS: Readonly<Record<string, string>> = {
  openai: "gpt-5-mini",
  anthropic: "claude-haiku-4-5",
  "google-ai-studio": "gemini-2.5-flash",
  groq: "llama-3.1-8b-instant",
  deepseek: "deepseek-chat",
  mistral: "mistral-small-latest",
  cohere: "command-r-08-2024",
};

export async function startAgentUpstream(): Promise<AgentUpstream> {
  let restUntilMs = 0;
  let pauseMs = 0;
  const server: Server = createServer((request, response) => {
    const restMs = restUntilMs - Date.now();
    void answer(request, response, restMs, pauseMs).catch((error: unknown) => {
      console.error("agent-upstream:", error);
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    gatewayUrl: `http://127.0.0.1:${port}`,
    rest(seconds) {
      restUntilMs = Date.now() + seconds * 1_000;
    },
    pause(ms) {
      pauseMs = ms;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  restMs: number,
  pauseMs: number,
) {
  const body = await buffer(request);
  const { pathname } = new URL(request.url ?? "/", "http://upstream");
  const [, slug = "", ...rest] = pathname.split("/");
  const path = rest.join("/");
  const send = (json: object, status = 200, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(json));
  };
  if (request.method !== "POST") return send(models(slug));
  if (restMs > 0) {
    const seconds = String(Math.ceil(restMs / 1_000));
    const error = { type: "rate_limit_error", code: "rate_limit_exceeded", message: "Rate limit" };
    return send({ type: "error", error }, 429, { "retry-after": seconds });
  }
  const asked = fields(JSON.parse(body.toString("utf8") || "{}"));
  const form = formOf(path);
  if (form === null) return send({ error: { message: `no ${pathname} here` } }, 404);
  if (/countTokens|count_tokens/.test(path)) return send({ totalTokens: 9, input_tokens: 9 });
  const reply = form.read(asked);
  const isStream = asked.stream === true || path.includes("streamGenerateContent");
  if (!isStream) return send(form.whole(reply));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of form.events(reply)) {
    response.write(event);
    if (pauseMs > 0) await setTimeout(pauseMs);
  }
  response.end();
}

/** Served by Responses only. */
export const CODEX_MODEL = "gpt-5.1-codex";

function models(slug: string): object {
  const names = [MODELS[slug] ?? "none", ...(slug === "openai" ? [CODEX_MODEL] : [])];
  return {
    object: "list",
    data: names.map((id) => ({ id, type: "model", object: "model" })),
    models: names.map((name) => ({
      name: `models/${name}`,
      supportedGenerationMethods: ["generateContent"],
    })),
  };
}

type Reply =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly input: object };

interface Form {
  read(asked: Fields): Reply;
  whole(reply: Reply): object;
  events(reply: Reply): readonly string[];
}

function formOf(path: string): Form | null {
  if (/messages(?:\/count_tokens)?$/.test(path)) return MESSAGES;
  if (path.endsWith("chat/completions")) return CHAT;
  if (path.endsWith("responses")) return RESPONSES;
  if (path.endsWith("chat")) return COHERE;
  return /:[a-zA-Z]+$/.test(path) ? GEMINI : null;
}

interface Tool {
  readonly name: string;
  readonly schema: Fields;
}

/** The program's shell, by the names that programs give it. */
const SHELLS = ["Bash", "bash", "run_shell_command", "shell_command", "exec_command", "shell"];

/**
 * @param prompt The whole conversation.
 * @param results The tools' results.
 */
function replyTo(prompt: string, results: readonly string[], tools: readonly Tool[]): Reply {
  if (!prompt.includes(TOOL_WORD)) return { kind: "text", text: GREETING };
  if (results.length > 0) return { kind: "text", text: `The shell said: ${results.join(" ")}` };
  const shell = SHELLS.flatMap((name) => tools.filter((tool) => tool.name === name))[0];
  // Small calls besides the conversation (titles, summaries) have no tools.
  if (shell === undefined) return { kind: "text", text: GREETING };
  return { kind: "call", name: shell.name, input: inputOf(shell.schema) };
}

function inputOf(schema: Fields): object {
  const required = list(schema.required);
  const input: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(fields(schema.properties))) {
    const type = text(fields(each).type).toLowerCase();
    if (name === "command" || name === "cmd") {
      input[name] = type === "array" ? ["bash", "-lc", COMMAND] : COMMAND;
    } else if (required.includes(name)) input[name] = type === "string" ? "a test" : 1;
  }
  return input;
}

/** Each with the space behind it. */
const wordsOf = (words: string) => words.match(/\S+\s*/g) ?? [];

const everything = (value: unknown) => JSON.stringify(value);
const sse = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const named = (data: { readonly type: string; readonly sequence_number?: number }) =>
  `event: ${data.type}\n${sse(data)}`;
const CALL_ID = "call_1";

const MESSAGES: Form = {
  read({ messages, tools }) {
    const blocks = list(messages).flatMap((each) => list(fields(each).content).map(fields));
    const results = blocks.filter(({ type }) => type === "tool_result");
    const offered = list(tools).map(fields);
    return replyTo(
      everything(messages),
      results.map(({ content }) => everything(content)),
      offered.map(({ name, input_schema }) => ({ name: text(name), schema: fields(input_schema) })),
    );
  },
  whole: (reply) => ({ ...messageHead, content: [block(reply)], stop_reason: stop(reply), usage }),
  events(reply) {
    const isText = reply.kind === "text";
    const started = isText ? { type: "text", text: "" } : { ...block(reply), input: {} };
    const deltas = isText
      ? wordsOf(reply.text).map((text) => ({ type: "text_delta", text }))
      : [{ type: "input_json_delta", partial_json: JSON.stringify(reply.input) }];
    return [
      { type: "message_start", message: { ...messageHead, content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: started },
      ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: stop(reply), stop_sequence: null }, usage },
      { type: "message_stop" },
    ].map(named);
  },
};

const usage = { input_tokens: 9, output_tokens: 5 };
const messageHead = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  stop_sequence: null,
};
const stop = ({ kind }: Reply) => (kind === "text" ? "end_turn" : "tool_use");
const block = (reply: Reply) =>
  reply.kind === "text"
    ? { type: "text", text: reply.text }
    : { type: "tool_use", id: CALL_ID, name: reply.name, input: reply.input };

const CHAT: Form = {
  read({ messages, tools }) {
    const results = list(messages)
      .map(fields)
      .filter(({ role }) => role === "tool");
    const offered = list(tools).map((each) => fields(fields(each).function));
    return replyTo(
      everything(messages),
      results.map(({ content }) => everything(content)),
      offered.map(({ name, parameters }) => ({ name: text(name), schema: fields(parameters) })),
    );
  },
  whole: (reply) => ({
    ...chatHead("chat.completion"),
    choices: [{ index: 0, message: chatMessage(reply), finish_reason: chatFinish(reply) }],
    usage: chatUsage,
  }),
  events(reply) {
    const { tool_calls, content, ...said } = chatMessage(reply);
    const calls = tool_calls?.map((call, index) => ({ index, ...call }));
    const chunk = (choice: object, more: object = {}) =>
      sse({ ...chatHead("chat.completion.chunk"), choices: [{ index: 0, ...choice }], ...more });
    return [
      chunk({ delta: { ...said, ...(calls && { tool_calls: calls }) }, finish_reason: null }),
      ...wordsOf(content ?? "").map((word) =>
        chunk({ delta: { content: word }, finish_reason: null }),
      ),
      chunk({ delta: {}, finish_reason: chatFinish(reply) }, { usage: chatUsage }),
      "data: [DONE]\n\n",
    ];
  },
};

const chatUsage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 };
const chatHead = (object: string) => ({ id: "chatcmpl-1", object, created: 1, model: "m" });
const chatFinish = ({ kind }: Reply) => (kind === "text" ? "stop" : "tool_calls");

function chatMessage(reply: Reply) {
  if (reply.kind === "text") return { role: "assistant", content: reply.text };
  const called = { name: reply.name, arguments: JSON.stringify(reply.input) };
  const call = { id: CALL_ID, type: "function", function: called };
  return { role: "assistant", content: null, tool_calls: [call] };
}

const RESPONSES: Form = {
  read({ input, tools }) {
    const items = list(input).map(fields);
    const results = items.filter(({ type }) => text(type).endsWith("call_output"));
    const offered = list(tools).map(fields);
    return replyTo(
      everything(input),
      results.map(({ output }) => everything(output)),
      offered.map(({ name, parameters }) => ({ name: text(name), schema: fields(parameters) })),
    );
  },
  whole: (reply) => response("completed", [item(reply)]),
  events(reply) {
    const done = item(reply);
    const place = { output_index: 0, item_id: done.id };
    const deltas =
      reply.kind === "text"
        ? wordsOf(reply.text).map((delta) => ({
            type: "response.output_text.delta",
            content_index: 0,
            delta,
          }))
        : [
            {
              type: "response.function_call_arguments.delta",
              delta: JSON.stringify(reply.input),
            },
          ];
    return [
      { type: "response.created", response: response("in_progress", []) },
      { type: "response.output_item.added", output_index: 0, item: done },
      ...deltas.map((delta) => ({ ...place, ...delta })),
      { type: "response.output_item.done", output_index: 0, item: done },
      { type: "response.completed", response: response("completed", [done]) },
    ].map((event, sequence_number) => named({ ...event, sequence_number }));
  },
};

const response = (status: string, output: readonly object[]) => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  status,
  model: "m",
  output,
  usage: { ...usage, total_tokens: 14 },
});

function item(reply: Reply) {
  if (reply.kind === "text") {
    const content = [{ type: "output_text", text: reply.text, annotations: [] }];
    return { id: "msg_1", type: "message", role: "assistant", status: "completed", content };
  }
  const { name, input } = reply;
  const call = { call_id: CALL_ID, name, arguments: JSON.stringify(input), status: "completed" };
  return { id: "fc_1", type: "function_call", ...call };
}

/** Cohere's own, for its SDKs: without tools and streams. */
const COHERE: Form = {
  read: () => ({ kind: "text", text: GREETING }),
  whole: () => ({
    id: "c1",
    finish_reason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: GREETING }] },
    usage: { billed_units: usage, tokens: usage },
  }),
  events: () => [],
};

/** Besides the conversation, Gemini CLI asks which model to use, and reads the response as JSON. */
function asSchema(schema: Fields): unknown {
  const [first] = list(schema.enum);
  if (first !== undefined) return first;
  const type = text(schema.type).toLowerCase();
  if (type !== "object") return type === "number" || type === "integer" ? 1 : "a test";
  const entries = Object.entries(fields(schema.properties));
  return Object.fromEntries(entries.map(([name, each]) => [name, asSchema(fields(each))]));
}

const GEMINI: Form = {
  read({ contents, tools, generationConfig }) {
    const { responseMimeType, responseSchema, responseJsonSchema } = fields(generationConfig);
    if (responseMimeType === "application/json") {
      const schema = fields(responseJsonSchema ?? responseSchema);
      return { kind: "text", text: JSON.stringify(asSchema(schema)) };
    }
    const parts = list(contents).flatMap((each) => list(fields(each).parts).map(fields));
    const results = parts.filter(({ functionResponse }) => functionResponse !== undefined);
    const offered = list(tools).flatMap((each) => list(fields(each).functionDeclarations));
    return replyTo(
      everything(contents),
      results.map((part) => everything(part)),
      offered.map(fields).map(({ name, parameters, parametersJsonSchema }) => ({
        name: text(name),
        schema: fields(parametersJsonSchema ?? parameters),
      })),
    );
  },
  whole: (reply) => geminiAnswer(reply),
  events: (reply) =>
    (reply.kind === "text" ? wordsOf(reply.text).map((text) => ({ ...reply, text })) : [reply])
      .map((piece, at, { length }) => geminiAnswer(piece, at === length - 1))
      .map(sse),
};

function geminiAnswer(reply: Reply, isLast = true): object {
  const part =
    reply.kind === "text"
      ? { text: reply.text }
      : { functionCall: { name: reply.name, args: reply.input } };
  const content = { role: "model", parts: [part] };
  return {
    candidates: [{ index: 0, content, ...(isLast && { finishReason: "STOP" }) }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
    modelVersion: "gemini-2.5-flash",
  };
}

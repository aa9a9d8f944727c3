/**
 * What a service reads in a request of its API format, and what it would reject. Sources: as in `lib/conversion`, and
 * `lib/conversion/calls/call-limits.ts`.
 * @module
 */
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { type Fields, fields, list, text } from "../../lib/conversion/json.ts";

export interface ReadRequest {
  /** All that people said, and all that the model said: texts in a row are one. */
  readonly said: readonly (readonly [who: "user" | "model", text: string])[];
  readonly pictures: number;
  /** Each call with its result. */
  readonly calls: readonly (readonly [name: string, input: string, result: string])[];
  readonly system: string;
  /** What the service would reject. */
  readonly faults: readonly string[];
}

class Reading {
  readonly said: [who: "user" | "model", text: string][] = [];
  readonly calls: [name: string, input: string, result: string][] = [];
  readonly faults: string[] = [];
  system = "";
  pictures = 0;
  /** Calls that wait for their results. */
  #open = new Map<string, [name: string, input: string, result: string]>();
  readonly #ids = new Set<string>();

  say(who: "user" | "model", words: string): void {
    const last = this.said.at(-1);
    if (last?.[0] === who) last[1] += words;
    else if (words !== "") this.said.push([who, words]);
  }

  call(id: string, name: string, input: unknown, pattern: RegExp, limit: RegExp): void {
    if (this.#ids.has(id)) this.faults.push(`id twice: ${id}`);
    this.#ids.add(id);
    if (!pattern.test(name)) this.faults.push(`name: ${name}`);
    if (!limit.test(id)) this.faults.push(`id: ${id}`);
    const json =
      typeof input === "string" ? JSON.stringify(JSON.parse(input)) : JSON.stringify(input);
    const call: [string, string, string] = [name, json, ""];
    this.calls.push(call);
    this.#open.set(id, call);
  }

  result(id: string, words: string, name?: string): void {
    const call = this.#open.get(id);
    if (call === undefined) this.faults.push(`result of no call: ${id}`);
    else call[2] = words;
    if (name !== undefined && call?.[0] !== name) this.faults.push(`result of another: ${name}`);
    this.#open.delete(id);
  }

  /** A turn that isn't a result: none may be missing. */
  turn(): void {
    if (this.#open.size > 0) this.faults.push("results missing");
    this.#open = new Map();
  }

  alternates(roles: readonly unknown[]): void {
    if (roles.some((role, at) => at > 0 && role === roles[at - 1])) this.faults.push("same role");
    if (roles[0] !== "user") this.faults.push("begins with the model");
  }

  named(tools: readonly unknown[], pattern: RegExp): void {
    if (new Set(tools).size < tools.length) this.faults.push("tools with the same name");
    for (const name of tools) if (!pattern.test(text(name))) this.faults.push(`tool: ${name}`);
  }
}

const OPENAI = /^[\w-]{1,64}$/;

function readChat({ messages, tools }: Fields, read: Reading): void {
  read.named(
    list(tools).map((each) => fields(fields(each).function).name),
    OPENAI,
  );
  for (const message of list(messages).map(fields)) {
    const { role, content } = message;
    if (role !== "tool") read.turn();
    const parts = typeof content === "string" ? [{ type: "text", text: content }] : list(content);
    if (Array.isArray(content) && content.length === 0) read.faults.push("empty content");
    const words = parts.map((part) => text(fields(part).text)).join("");
    read.pictures += parts.filter((part) => fields(part).type === "image_url").length;
    if (role === "system") read.system += words;
    else if (role === "user") read.say("user", words);
    else if (role === "tool") read.result(text(message.tool_call_id), words);
    else if (role === "assistant") {
      read.say("model", words);
      for (const call of list(message.tool_calls).map(fields)) {
        const { name, arguments: json } = fields(call.function);
        read.call(text(call.id), text(name), text(json), OPENAI, /^[\s\S]+$/);
      }
    } else read.faults.push(`role: ${role}`);
  }
  read.turn();
}

function readMessages(request: Fields, read: Reading): void {
  const names = /^[\w-]{1,128}$/;
  read.named(
    list(request.tools).map((each) => fields(each).name),
    names,
  );
  if (typeof request.max_tokens !== "number") read.faults.push("no max_tokens");
  read.system = list(request.system)
    .map((block) => text(fields(block).text))
    .join("");
  const messages = list(request.messages).map(fields);
  read.alternates(messages.map(({ role }) => role));
  for (const { role, content } of messages) {
    const blocks = list(content).map(fields);
    if (blocks.length === 0) read.faults.push("empty content");
    const results = blocks.filter(({ type }) => type === "tool_result");
    if (blocks.slice(0, results.length).some(({ type }) => type !== "tool_result")) {
      read.faults.push("results behind something else");
    }
    if (results.length === 0) read.turn();
    for (const block of blocks) {
      if (block.type === "tool_result") {
        const inner = block.content;
        const words = typeof inner === "string" ? inner : wordsIn(list(inner), read);
        read.result(text(block.tool_use_id), words);
      } else if (block.type === "tool_use") {
        read.call(text(block.id), text(block.name), block.input, names, /^[\w-]+$/);
      } else if (block.type === "image") read.pictures += 1;
      else read.say(role === "user" ? "user" : "model", wordsIn([block], read));
    }
  }
  read.turn();
}

/** Texts of blocks, none of which may be blank. */
function wordsIn(blocks: readonly unknown[], read: Reading): string {
  const words = blocks.map((block) => text(fields(block).text));
  if (words.some((each) => each.trim() === "")) read.faults.push("blank text");
  return words.join("");
}

function readResponses({ input, tools }: Fields, read: Reading): void {
  read.named(
    list(tools).map((each) => fields(each).name),
    OPENAI,
  );
  for (const item of list(input).map(fields)) {
    const { type, role, content } = item;
    if (type === "function_call") {
      const [id, name] = [text(item.call_id), text(item.name)];
      read.call(id, name, text(item.arguments), OPENAI, /^[\s\S]{1,64}$/);
    } else if (type === "function_call_output") {
      const { output } = item;
      const words = list(output).map((part) => text(fields(part).text));
      read.result(text(item.call_id), typeof output === "string" ? output : words.join(""));
    } else if (type === undefined || type === "message") {
      const parts = typeof content === "string" ? [{ text: content }] : list(content).map(fields);
      const words = parts.map((part) => text(part.text)).join("");
      read.pictures += parts.filter((part) => fields(part).type === "input_image").length;
      if (role === "system" || role === "developer") read.system += words;
      else read.say(role === "user" ? "user" : "model", words);
      // The model may speak before it calls, in an item of its own.
      if (role === "user") read.turn();
    } else if (type !== "reasoning") read.faults.push(`type: ${type}`);
  }
  read.turn();
}

function readGemini(request: Fields, read: Reading): void {
  const names = /^[a-z_][\w.:-]{0,63}$/i;
  const declared = list(request.tools).flatMap((tool) => list(fields(tool).functionDeclarations));
  read.named(
    declared.map((each) => fields(each).name),
    names,
  );
  read.system = list(fields(request.systemInstruction).parts)
    .map((part) => text(fields(part).text))
    .join("");
  const contents = list(request.contents).map(fields);
  read.alternates(contents.map(({ role }) => role));
  for (const { role, parts } of contents) {
    const all = list(parts).map(fields);
    if (all.length === 0) read.faults.push("no parts");
    if (!all.some(({ functionResponse }) => functionResponse !== undefined)) read.turn();
    for (const part of all) {
      const { functionCall, functionResponse, inlineData, fileData } = part;
      if (functionCall !== undefined) {
        const { id, name, args } = fields(functionCall);
        read.call(text(id), text(name), args, names, /^[\s\S]+$/);
      } else if (functionResponse !== undefined) {
        const { id, name, response } = fields(functionResponse);
        const { output, error } = fields(response);
        read.result(text(id), text(output ?? error), text(name));
      } else if (inlineData !== undefined || fileData !== undefined) read.pictures += 1;
      else if (text(part.text) === "") read.faults.push("empty text");
      else read.say(role === "user" ? "user" : "model", text(part.text));
    }
  }
  read.turn();
}

const READERS: Readonly<Record<ConvertibleForm, (request: Fields, read: Reading) => void>> = {
  chat: readChat,
  messages: readMessages,
  responses: readResponses,
  gemini: readGemini,
};

export function readRequest(form: ConvertibleForm, request: Fields): ReadRequest {
  const read = new Reading();
  READERS[form](request, read);
  const { said, pictures, calls, system, faults } = read;
  return { said, pictures, calls, system, faults };
}

/**
 * Encrypted reasoning in a conversation: only the account that created it can decrypt it (OpenAI, Azure, xAI:
 * `encrypted_content`), or it is signed and rejected if the signature is unknown (Anthropic's `thinking`, Gemini's
 * thought signatures). If that account isn't available, a turn can go on without it.
 *
 * OpenAI: https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items. Anthropic:
 * https://docs.claude.com/en/docs/build-with-claude/extended-thinking. Gemini:
 * https://ai.google.dev/gemini-api/docs/thought-signatures. OpenRouter:
 * https://openrouter.ai/docs/use-cases/reasoning-tokens.
 * @module
 */
import { hashText } from "../../pool/schedule/affinity";
import type { RequestBody } from "../request/request-body";

const OPEN_BRACE = 0x7b;
const MAY_CARRY =
  /"(?:encrypted_content|redacted_thinking|redactedContent|signature|thought_?signature|reasoning\.encrypted)"/i;
/** What Google documents for calls without a signature. */
const NO_SIGNATURE = "skip_thought_signature_validator";
/** Items of Responses whose ids refer to the reasoning before them. */
const PAIRED: ReadonlySet<unknown> = new Set(["message", "function_call", "custom_tool_call"]);

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export interface WithoutReasoning {
  readonly body: RequestBody;
  /** Identifies the last item that was removed. */
  readonly mark: number;
  /** The names of the items, without duplicates. */
  readonly dropped: readonly string[];
}

/** Whether a body may carry encrypted reasoning. */
export function mayCarryReasoning(body: RequestBody): boolean {
  return body.kind === "kept" && body.bytes[0] === OPEN_BRACE && MAY_CARRY.test(textOf(body));
}

/**
 * The body without its encrypted reasoning; null if it carries none, or can't be rebuilt (it is streamed, or isn't
 * JSON).
 * @param upTo The mark of the last item to remove, if later ones were created since; null for all.
 */
export function withoutReasoning(body: RequestBody, upTo: number | null): WithoutReasoning | null {
  if (body.kind !== "kept" || !mayCarryReasoning(body)) return null;
  const root = parsed(textOf(body));
  if (root === null) return null;
  const removed = new Set<unknown>();
  const sealed = sealedIn(root, removed);
  const end = upTo === null ? sealed.length : sealed.findIndex((each) => markOf(each) === upTo) + 1;
  const dropped = sealed.slice(0, end);
  const last = dropped.at(-1);
  if (last === undefined) return null;
  for (const each of dropped) each.drop();
  tidy(root, removed);
  const { text: _, ...same } = body;
  return {
    body: { ...same, bytes: encoder.encode(JSON.stringify(root)) },
    mark: markOf(last),
    dropped: [...new Set(dropped.map(({ name }) => name))],
  };
}

interface Sealed {
  readonly name: string;
  /** The encrypted content, or its signature. */
  readonly seal: string;
  drop(): void;
}

type Fields = Record<string, unknown>;

function markOf({ seal }: Sealed): number {
  return hashText(`${seal.length} ${seal.slice(0, 2_000)} ${seal.slice(-2_000)}`);
}

/**
 * In the order of the conversation.
 * @param removed Receives the list items that are dropped.
 */
function sealedIn(root: Fields, removed: Set<unknown>): readonly Sealed[] {
  const inList = (read: (fields: Fields) => Omit<Sealed, "drop"> | null) => (fields: Fields) => {
    const sealed = read(fields);
    return sealed === null ? [] : [{ ...sealed, drop: () => void removed.add(fields) }];
  };
  return [
    ...objects(root.input).flatMap(inList(sealedItem)),
    ...objects(root.messages).flatMap((message) => [
      ...objects(message.content).flatMap(inList(sealedBlock)),
      ...objects(message.reasoning_details).flatMap(inList(sealedDetail)),
      ...sealedExtra(message, false),
      ...objects(message.tool_calls).flatMap((call) => sealedExtra(call, true)),
    ]),
    ...objects(root.contents).flatMap(({ parts }) => objects(parts).flatMap(sealedPart)),
  ];
}

/** In `input`: OpenAI's reasoning and compacted history, Gemini's thoughts. */
function sealedItem({ encrypted_content, signature, type }: Fields) {
  if (isFilled(encrypted_content)) return { name: "encrypted_content", seal: encrypted_content };
  return type === "thought" && isFilled(signature) ? { name: "thought", seal: signature } : null;
}

/** In a message's content: Anthropic's thinking, and how Bedrock's Converse writes it. */
function sealedBlock({ type, signature, data, reasoningContent }: Fields) {
  if (type === "thinking" && isFilled(signature)) return { name: "thinking", seal: signature };
  if (type === "redacted_thinking" && isFilled(data)) {
    return { name: "redacted_thinking", seal: data };
  }
  if (!isFields(reasoningContent)) return null;
  const { reasoningText, redactedContent } = reasoningContent;
  const seal = isFields(reasoningText) ? reasoningText.signature : redactedContent;
  return isFilled(seal) ? { name: "reasoningContent", seal } : null;
}

/** In a chat message's `reasoning_details`. */
function sealedDetail({ type, data, signature }: Fields) {
  const seal = type === "reasoning.encrypted" ? data : signature;
  return isFilled(seal) ? { name: "reasoning_details", seal } : null;
}

/** Gemini's signatures in the format of chat completions. */
function sealedExtra({ extra_content }: Fields, isCall: boolean): Sealed[] {
  const google = isFields(extra_content) ? extra_content.google : null;
  return isFields(google) ? signatureIn(google, "thought_signature", isCall) : [];
}

function sealedPart(part: Fields): Sealed[] {
  const isCall = isFields(part.functionCall) || isFields(part.function_call);
  return ["thoughtSignature", "thought_signature"].flatMap((name) =>
    signatureIn(part, name, isCall).map((sealed) => ({
      ...sealed,
      drop: () => {
        sealed.drop();
        // A part must not be empty.
        if (Object.keys(part).length === 0) part.text = "";
      },
    })),
  );
}

/** A call must have one; everything else can do without. */
function signatureIn(fields: Fields, name: string, isCall: boolean): Sealed[] {
  const seal = fields[name];
  if (!isFilled(seal) || seal === NO_SIGNATURE) return [];
  const drop = () => {
    if (isCall) fields[name] = NO_SIGNATURE;
    else delete fields[name];
  };
  return [{ name, seal, drop }];
}

/** Removes the dropped items from their lists, and what wouldn't be accepted without them. */
function tidy(root: Fields, removed: ReadonlySet<unknown>): void {
  const isKept = (item: unknown) => !removed.has(item);
  if (Array.isArray(root.input) && !root.input.every(isKept)) {
    root.input = root.input.filter(isKept);
    for (const item of objects(root.input)) if (PAIRED.has(item.type)) delete item.id;
  }
  const emptied = new Set<unknown>();
  for (const message of objects(root.messages)) {
    const { content, reasoning_details: details } = message;
    if (Array.isArray(content) && !content.every(isKept)) {
      const left = content.filter(isKept);
      message.content = left;
      if (left.length === 0) emptied.add(message);
    }
    if (Array.isArray(details) && !details.every(isKept)) {
      const left = details.filter(isKept);
      if (left.length > 0) message.reasoning_details = left;
      else delete message.reasoning_details;
    }
  }
  if (Array.isArray(root.messages) && emptied.size > 0) {
    root.messages = root.messages.filter((message: unknown) => !emptied.has(message));
  }
  const { thinking } = root;
  if (isFields(thinking) && thinking.type === "enabled" && endsInCallWithoutThinking(root)) {
    stopThinking(root);
  }
}

/** With thinking on, the turn before a tool's result must begin with a thought. */
function endsInCallWithoutThinking(root: Fields): boolean {
  const last = objects(root.messages).findLast(({ role }) => role === "assistant");
  const types = objects(last?.content).map(({ type }) => type);
  return types.includes("tool_use") && types[0] !== "thinking" && types[0] !== "redacted_thinking";
}

function stopThinking(root: Fields): void {
  delete root.thinking;
  const { context_management: management } = root;
  if (!isFields(management) || !Array.isArray(management.edits)) return;
  management.edits = management.edits.filter(
    (edit: unknown) => !isFields(edit) || !String(edit.type).startsWith("clear_thinking"),
  );
}

function objects(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? list.filter(isFields) : [];
}

function parsed(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function textOf({ bytes }: Extract<RequestBody, { kind: "kept" }>): string {
  return decoder.decode(bytes);
}

/**
 * Reads responses of Google's `generateContent`, whole or in pieces. Source: ai.google.dev/api/generate-content, and in
 * its docs `/thought-signatures`.
 * @module
 */
import type { AnswerPart, AnswerUsage, FinishReason } from "./answer-part";
import { errorPart } from "./chat-reader";
import { count, type Fields, fields, isGiven, list, named, text } from "./json";

const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "filter",
  RECITATION: "filter",
  LANGUAGE: "filter",
  BLOCKLIST: "filter",
  PROHIBITED_CONTENT: "filter",
  SPII: "filter",
  IMAGE_SAFETY: "filter",
  IMAGE_PROHIBITED_CONTENT: "filter",
  IMAGE_RECITATION: "filter",
};

/** The parts of a complete response, or of one piece of a stream. */
export class GeminiReader {
  /** Distinguishes calls of different responses. */
  #seed: string;
  #isStarted = false;
  #calls = 0;

  /** @param seed For ids of calls, if neither they nor the response have one. */
  constructor(seed: string) {
    this.#seed = seed;
  }

  read(answer: unknown): AnswerPart[] {
    const piece = fields(answer);
    const { candidates, promptFeedback, usageMetadata, error } = piece;
    if (isGiven(error)) return [errorPart(error)];
    const isAny = isGiven(candidates) || isGiven(promptFeedback) || isGiven(usageMetadata);
    const begun = isAny ? this.#start(piece) : [];
    // One response was requested, so there is one candidate.
    const candidate = fields(list(candidates)[0]);
    const parts = list(fields(candidate.content).parts).flatMap((part) => this.#part(fields(part)));
    return [
      ...begun,
      ...parts,
      ...finishParts(candidate, fields(promptFeedback)),
      ...(isGiven(usageMetadata)
        ? [{ kind: "usage", usage: usageOf(fields(usageMetadata)) } as const]
        : []),
    ];
  }

  #start({ responseId, modelVersion }: Fields): AnswerPart[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    this.#seed = text(responseId) || this.#seed;
    return [{ kind: "start", id: text(responseId), model: text(modelVersion) }];
  }

  #part(part: Fields): AnswerPart[] {
    const { functionCall, thought, thoughtSignature, inlineData } = part;
    const signature = text(thoughtSignature);
    if (isGiven(functionCall)) return [this.#call(fields(functionCall), signature)];
    const said = isGiven(inlineData) ? pictureIn(fields(inlineData)) : text(part.text);
    const kind = thought === true ? "reasoning" : "text";
    return [
      ...(said === "" ? [] : [{ kind, text: said } as const]),
      ...(signature === ""
        ? []
        : [{ kind: "sealed", data: signature, format: "google-gemini-v1" } as const]),
    ];
  }

  /** Calls are whole there. The signature is written as Google's OpenAI-compatible endpoint has it. */
  #call({ id, name, args }: Fields, signature: string): AnswerPart {
    const index = this.#calls;
    this.#calls += 1;
    const call = {
      kind: "tool",
      index,
      id: text(id) || `call_${this.#seed}_${index}`,
      name: text(name),
      arguments: JSON.stringify(args ?? {}),
    } as const;
    if (signature === "") return call;
    return { ...call, state: { google: { thought_signature: signature } } };
  }
}

/** No format has pictures in responses; clients that show Markdown show this. */
function pictureIn({ mimeType, data }: Fields): string {
  return `![](data:${text(mimeType)};base64,${text(data)})`;
}

function finishParts(
  { finishReason, finishMessage }: Fields,
  { blockReason }: Fields,
): AnswerPart[] {
  if (isGiven(blockReason)) return [{ kind: "finish", reason: "filter", stopString: null }];
  const said = text(finishReason);
  if (said === "" || said === "FINISH_REASON_UNSPECIFIED") return [];
  const reason = named(REASONS, said);
  if (reason !== undefined) return [{ kind: "finish", reason, stopString: null }];
  // Such as MALFORMED_FUNCTION_CALL: what the model wrote was lost.
  const message = text(finishMessage) || `The answer ended with ${said}.`;
  return [{ kind: "error", type: said.toLowerCase(), message }];
}

function usageOf(usage: Fields): AnswerUsage {
  const reasoning = count(usage.thoughtsTokenCount);
  return {
    input: count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount),
    cached: count(usage.cachedContentTokenCount),
    cacheWritten: 0,
    output: count(usage.candidatesTokenCount) + reasoning,
    reasoning,
  };
}

/**
 * Estimates what a request will use before it is sent: tokens, images or length of a recording, and whether it costs
 * anything. The estimate is on the high side.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import { reportsCost } from "../../usage/price-names";
import type { Usage } from "../../usage/types";
import type { ProxyCall } from "../route/proxy-call";
import { guessTokens, MAX_GUESSED_TOKENS } from "../serve/quota-claim";
import { findBodyField } from "./body-field";
import { answersWanted, fieldsOf, mostOutputTokens } from "./output-limit";
import { isReadDifferently } from "./path-readings";
import { bodyHead, type RequestBody } from "./request-body";

/** The counts that an estimate consists of. */
export type EstimatedUse = Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage>;

/** The properties of a call that determine its usage. */
export type EstimatedCall = Pick<ProxyCall, "model" | "method" | "path" | "body" | "isWebSocket">;

/** No model reads more: longer bodies consist of images or files. */
const MOST_INPUT_TOKENS = 2_000_000;

/**
 * A large image of high quality, by OpenAI's table (1024 x 1536). @see
 * https://platform.openai.com/docs/guides/image-generation
 */
const TOKENS_A_PICTURE = 6_240;
const MAX_PICTURES = 100;

/** Speech at the lowest bit rate in use: 16 kbit/s. */
const BYTES_A_SECOND = 2_000;
/** For a recording, as OpenAI's transcription models count it, and for its text. */
const AUDIO_TOKENS_A_SECOND = 10;
const TEXT_TOKENS_A_SECOND = 5;

const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);
/** POST requests for which no provider charges: uploads, cancellations, counts. */
const FREE_POST =
  /(?:^|\/)(?:files|uploads)(?:[/:]|$)|[/:](?:cancel|countTokens|count_tokens|input_tokens)\/?$/;

/**
 * Whether a call may cost something; it then needs a price under a money budget. A socket that names its model later is
 * checked when it does.
 */
export function mayCost({ method, path, model, isWebSocket }: EstimatedCall): boolean {
  if (isWebSocket) return model !== null;
  if (READS.has(method)) return false;
  return !FREE_POST.test(path) || isReadDifferently(path);
}

/** Calls that a stored prompt, agent, thread or conversation gives a model: they use as much as any other. */
const ANSWERS_UNNAMED = /(?:^|\/)(?:responses|runs|conversations|interactions|completions)\/?$/;

/**
 * The most that the call can use, in each unit in which such calls are billed: the most expensive one counts. Empty for
 * a call that names no model and needs none.
 */
export function estimatedUses(call: EstimatedCall, headers: HeaderFields): readonly EstimatedUse[] {
  const { model, path, body } = call;
  const mayAnswer = model !== null || ANSWERS_UNNAMED.test(path) || isReadDifferently(path);
  if (!mayAnswer || !mayCost(call)) return [];
  const inputTokens = Math.min(MOST_INPUT_TOKENS, guessTokens(body));
  switch (kindOf(path)) {
    case "pictures": {
      const images = picturesWanted(body, headers);
      const outputTokens = images * TOKENS_A_PICTURE;
      return [{ inputTokens, outputTokens, outputImageTokens: outputTokens, units: { images } }];
    }
    case "recording": {
      const seconds = Math.ceil(lengthOf(body) / BYTES_A_SECOND);
      const audio = seconds * AUDIO_TOKENS_A_SECOND;
      const outputTokens = seconds * TEXT_TOKENS_A_SECOND;
      return [
        { inputTokens: audio, inputAudioTokens: audio, outputTokens },
        { inputTokens: null, outputTokens: null, inputAudioSeconds: seconds },
      ];
    }
    case "speech":
      return [
        { inputTokens, outputTokens: mostOutputTokens(body, path) },
        { inputTokens: null, outputTokens: null, units: { characters: lengthOf(body) } },
      ];
    case "vectors":
      return [{ inputTokens, outputTokens: 0 }];
    default:
      return [{ inputTokens, outputTokens: mostOutputTokens(body, path) }];
  }
}

/**
 * What a token of the most expensive models costs: reserved until the response reports its cost, and counted if it
 * never does.
 */
const HIGH_INPUT_NANO_USD = 15_000;
const HIGH_OUTPUT_NANO_USD = 75_000;

/** What a request may cost if only the response will report it, in 1e-9 US dollars; null if it never does. */
export function highCostNanoUsd(provider: string, use: EstimatedUse | undefined): number | null {
  if (use === undefined || !reportsCost(provider)) return null;
  const { inputTokens, outputTokens } = use;
  return (inputTokens ?? 0) * HIGH_INPUT_NANO_USD + (outputTokens ?? 0) * HIGH_OUTPUT_NANO_USD;
}

/** The least number of tokens that the request uses, whatever the response. */
export function leastTokens({ model, body }: EstimatedCall): number {
  return model === null ? 0 : Math.min(MAX_GUESSED_TOKENS, guessTokens(body));
}

const KINDS: readonly (readonly [RegExp, "pictures" | "recording" | "speech" | "vectors"])[] = [
  [/(?:^|\/)images\/(?:generations|edits|variations)\/?$/, "pictures"],
  [/(?:^|\/)audio\/(?:transcriptions|translations)\/?$/, "recording"],
  [/(?:^|\/)(?:text-to-speech(?:\/|$)|speak\/?$)/, "speech"],
  [/(?:^|\/)(?:embeddings|rerank|moderations)\/?$|:(?:batchE|e)mbedContents?$/, "vectors"],
];

/** Null for text, and if another server could read another kind of call. */
function kindOf(path: string): string | null {
  if (isReadDifferently(path)) return null;
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** In a form or in JSON: `n`, by default one. */
function picturesWanted(body: RequestBody, headers: HeaderFields): number {
  const fields = fieldsOf(body);
  const inForm = fields === null ? findBodyField(body, headers, "n")?.value : undefined;
  return answersWanted(inForm === undefined ? fields : { n: inForm }, ["n"], MAX_PICTURES);
}

function lengthOf(body: RequestBody): number {
  if (body.kind === "streamed") return body.length ?? body.head.length;
  return bodyHead(body)?.length ?? 0;
}

/**
 * Estimates what a request will use before it is sent: tokens, images or length of a recording, and whether it costs
 * anything. The estimate is on the high side.
 * @module
 */
import { reportsCost } from "../../usage/price-names";
import type { Usage } from "../../usage/types";
import type { ProxyCall } from "../route/proxy-call";
import { guessTokens, MAX_GUESSED_TOKENS } from "../serve/quota-claim";
import { findBodyField } from "./body-field";
import { bodyHead, type RequestBody } from "./request-body";

/** The counts that an estimate consists of. */
export type EstimatedUse = Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage>;

/** The properties of a call that determine its usage. */
export type EstimatedCall = Pick<ProxyCall, "model" | "method" | "path" | "body" | "isWebSocket">;

/** The output assumed if the request doesn't limit it. */
export const DEFAULT_OUTPUT_TOKENS = 4_096;
/** How much of a long body is searched for an output limit, at either end. */
const SEARCHED_BYTES = 32 * 1024;

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
  return !READS.has(method) && !FREE_POST.test(path);
}

/**
 * The most that the call can use, in each unit in which such calls are billed: the most expensive one counts. Empty for
 * a call that names no model.
 */
export function estimatedUses(call: EstimatedCall, headers: Headers): readonly EstimatedUse[] {
  const { model, path, body } = call;
  if (model === null || !mayCost(call)) return [];
  const inputTokens = guessTokens(body);
  switch (KINDS.find(([pattern]) => pattern.test(path))?.[1]) {
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
        { inputTokens, outputTokens: mostOutputTokens(body) },
        { inputTokens: null, outputTokens: null, units: { characters: lengthOf(body) } },
      ];
    case "vectors":
      return [{ inputTokens, outputTokens: 0 }];
    default:
      return [{ inputTokens, outputTokens: mostOutputTokens(body) }];
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

/** In a form or in JSON: `n`, by default one. */
function picturesWanted(body: RequestBody, headers: Headers): number {
  const field = findBodyField(body, headers, "n")?.value;
  const [, inJson] = field === undefined ? (NUMBER_OF.exec(headText(body)) ?? []) : [];
  const wanted = Number(field ?? inJson ?? 1);
  return Number.isInteger(wanted) ? Math.min(MAX_PICTURES, Math.max(1, wanted)) : 1;
}

const NUMBER_OF = /"n"\s*:\s*(\d{1,4})/;

function lengthOf(body: RequestBody): number {
  if (body.kind === "streamed") return body.length ?? body.head.length;
  return bodyHead(body)?.length ?? 0;
}

const decoder = new TextDecoder();

function headText(body: RequestBody): string {
  const bytes = bodyHead(body);
  return bytes === null ? "" : decoder.decode(bytes.subarray(0, SEARCHED_BYTES));
}

function mostOutputTokens(body: RequestBody): number {
  const bytes = bodyHead(body);
  if (bytes === null) return 0;
  const tail = decoder.decode(bytes.subarray(Math.max(0, bytes.length - SEARCHED_BYTES)));
  const [, digits] = MOST_OUTPUT.exec(headText(body)) ?? MOST_OUTPUT.exec(tail) ?? [];
  return digits === undefined ? DEFAULT_OUTPUT_TOKENS : Number(digits);
}

/** OpenAI and Anthropic, the Responses API, Google. */
const MOST_OUTPUT =
  /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens)"\s*:\s*(\d{1,9})/;

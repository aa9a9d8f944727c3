/**
 * Where a response reports its usage: by the API that was called, as shown by its path, and by the framing of its
 * bytes.
 * @module
 */
import type { HeaderFields } from "../http/read-headers";
import { isVagueType, mediaType } from "../http/split-events";
import type { Provider } from "../providers/types";
import { isFileContent, reportsWork } from "./background-work";
import { ScanKeys } from "./json-scanner";
import { headerUsage } from "./read-header-usage";
import type { Usage } from "./types";

export interface UsageForm {
  readonly framing: "plain" | "lines" | "events" | "amazon" | "amazon-base64";
  readonly keys: ScanKeys;
  /** Whether its text may be used to estimate tokens if none are reported: not if something else is billed. */
  readonly isWritten: boolean;
  /** Whether each of its texts is a separate response, so that their reports are added up. */
  readonly isMany: boolean;
  /** What the headers report; null for nothing. */
  readonly reportedByHeaders: Usage | null;
  /** The host behind a router, because prices are listed by its name; null if unknown. */
  readonly host: string | null;
}

/** Keys of the objects that `read-usage.ts` understands. */
const USAGE_KEYS = [
  "usage",
  "usageMetadata",
  "billed_units",
  "metrics",
  "usage_info",
  "amazon-bedrock-invocationMetrics",
];

/**
 * Objects that may contain usage besides the outermost: Responses (`response`), Anthropic's first event (`message`),
 * Groq (`x_groq`), Cohere (`delta`, `meta`), Cloudflare (`result`), Gemini's Interactions (`interaction`) and
 * grounding.
 */
const PARENT_KEYS = [
  "response",
  "message",
  "x_groq",
  "delta",
  "meta",
  "result",
  "interaction",
  "groundingMetadata",
];

const MODEL_KEYS = ["model", "modelVersion", "service_tier"];

const TEXT_KEYS = [
  "arguments",
  "content",
  "generated_text",
  "partial_json",
  "refusal",
  "response",
  "text",
  "thinking",
];

const COMMON = {
  usage: USAGE_KEYS,
  parent: PARENT_KEYS,
  fact: MODEL_KEYS,
  text: TEXT_KEYS,
  reasoning: ["reasoning"],
  reasoningTwin: ["reasoning_content"],
  reasoningList: ["reasoning_details"],
} as const;

/** Moonshot reports the usage of a stream in its last choice. */
const CHAT = new ScanKeys({ ...COMMON, list: ["choices"] });
/** Converse names the tier in an object. */
const BEDROCK = new ScanKeys({ ...COMMON, object: ["serviceTier"] });

/** The fields that report background work. */
const WORK = { own: ["id", "status", "processing_status"], aside: ["item"] } as const;
const WORK_ANSWER = new ScanKeys({
  ...COMMON,
  own: [...WORK.own, "output_file_id", "output_file"],
  aside: WORK.aside,
});

/** Gemini's batch is an operation, and contains the responses within its request. */
const GEMINI_BATCH = new ScanKeys(
  {
    usage: ["usageMetadata"],
    parent: ["metadata", "response", "inlinedResponses"],
    list: ["inlinedResponses"],
    fact: ["modelVersion"],
    own: ["name", "state", "responsesFile"],
  },
  [],
  true,
);

const GEMINI = new ScanKeys({
  ...COMMON,
  fact: [...MODEL_KEYS, "serviceTier"],
  list: ["candidates"],
  counted: ["webSearchQueries"],
});

/** Whether a path is Gemini's and about a batch. */
const GEMINI_BATCH_PATH = /(?:^|\/)batches\/[^/:]+$|:batchGenerateContent$/;

const RESPONSES_MARKS = [
  "reasoning",
  "web_search_call",
  "file_search_call",
  "code_interpreter_call",
  "response.web_search_call.completed",
  "response.file_search_call.completed",
  "response.code_interpreter_call.completed",
];
const RESPONSES = {
  ...COMMON,
  ...WORK,
  object: ["tool_usage"],
  mark: ["type"],
  collected: ["id"],
};
const RESPONSES_JSON = new ScanKeys({ ...RESPONSES, list: ["output"] }, RESPONSES_MARKS);
/** Its typed events repeat, under other keys, what they have sent as `delta`. */
const RESPONSES_EVENTS = new ScanKeys(
  {
    ...RESPONSES,
    parent: [...PARENT_KEYS, "item"],
    text: ["delta"],
    sealed: ["encrypted_content"],
    object: [...RESPONSES.object, "reasoning"],
    reasoning: [],
    reasoningTwin: [],
  },
  RESPONSES_MARKS,
);

/** Deepgram reports the length of a recording in `metadata`, others next to the text. */
const RECORDING = new ScanKeys({ ...COMMON, number: ["duration"], object: ["metadata"] });

/** OpenAI's batch results contain each response as `response.body`, Gemini's in a list of responses. */
const BATCH = new ScanKeys({ ...COMMON, parent: [...PARENT_KEYS, "body"], fact: MODEL_KEYS });

const RESPONSES_PATH = /(?:^|\/)responses(?:\/|$)/;
const RECORDING_PATH =
  /(?:^|\/)(?:stt|listen|audio\/(?:transcriptions|translations)|transcribe)(?:\/|$)/;
const BATCH_RESULTS_PATH = /(?:^|\/)batches\/[^/]+\/results$/;
/** What is billed here isn't text that a model writes. */
const UNWRITTEN_PATH =
  /(?:^|[/:])(?:ocr|rerank|embed|embeddings|embedContent|batchEmbedContents|moderations|classify|classifications|tokenize|detokenize|files|batches|uploads|images|videos|audio|speech|stt|listen|transcribe|search|parse|count_?tokens|input_tokens|conversations|vector_stores|fine_tuning|fine-tuning)(?:[/:]|$)/i;

export interface Exchange {
  readonly provider: Pick<Provider, "usageFormat" | "slug">;
  /** Below `/api/{slug}/`, without the query. */
  readonly path: string;
  /** The response's. */
  readonly headers: HeaderFields;
}

/** How usage is read from a response; null if it contains none (audio, images as bytes, HTML). */
export function usageFormFor({ provider, path, headers }: Exchange): UsageForm | null {
  const { usageFormat, slug } = provider;
  if (usageFormat === "none") return null;
  const kind = kindOf(path);
  const framing = framingOf(mediaType(headers), kind);
  if (framing === null) return null;
  const isMany = framing === "lines";
  return {
    framing,
    keys: isMany ? BATCH : keysOf(usageFormat, kind, framing),
    isWritten: !isMany && kind.isWritten,
    isMany,
    reportedByHeaders: headerUsage(usageFormat, headers),
    host: slug === "huggingface" ? hostOf(path, headers) : null,
  };
}

/** Hugging Face's router names the host that responded in a header; a caller may name it in the path. */
function hostOf(path: string, headers: HeaderFields): string | null {
  const [, named = null] = /^([a-z][a-z0-9-]*)\/v1\//.exec(path) ?? [];
  return headers.get("x-inference-provider") ?? named;
}

/** What a path says about its response. */
interface PathKind {
  readonly isResponses: boolean;
  readonly isRecording: boolean;
  readonly isBatchResults: boolean;
  readonly isBase64: boolean;
  readonly isFile: boolean;
  readonly isGeminiBatch: boolean;
  readonly isWork: boolean;
  readonly isWritten: boolean;
}

/** A team's apps request the same few paths again and again. */
const kinds = new Map<string, PathKind>();
const MAX_KINDS = 500;

function kindOf(path: string): PathKind {
  const known = kinds.get(path);
  if (known !== undefined) return known;
  if (kinds.size >= MAX_KINDS) kinds.clear();
  const kind = {
    isResponses: RESPONSES_PATH.test(path),
    isRecording: RECORDING_PATH.test(path),
    isBatchResults: BATCH_RESULTS_PATH.test(path),
    isBase64: path.endsWith("/invoke-with-response-stream"),
    isFile: isFileContent(path),
    isGeminiBatch: GEMINI_BATCH_PATH.test(path),
    isWork: reportsWork(path),
    isWritten: !UNWRITTEN_PATH.test(path),
  };
  kinds.set(path, kind);
  return kind;
}

function framingOf(
  type: string,
  { isBase64, isBatchResults, isFile }: PathKind,
): UsageForm["framing"] | null {
  // A file may be the results of a batch, which are lines of JSON, whatever its type.
  if (isFile) return UNNAMED_LINES.test(type) ? "lines" : null;
  if (type === "text/event-stream") return "events";
  if (type === "application/vnd.amazon.eventstream") {
    return isBase64 ? "amazon-base64" : "amazon";
  }
  // application/json, application/x-ndjson, application/stream+json, application/x-jsonl
  if (!isVagueType(type) && !/^application\/.*json/.test(type)) return null;
  return isBatchResults ? "lines" : "plain";
}

const UNNAMED_LINES = /^(?:application\/octet-stream|text\/plain|application\/.*json)/;

function keysOf(
  usageFormat: Provider["usageFormat"],
  { isResponses, isRecording, isWork, isGeminiBatch }: PathKind,
  framing: UsageForm["framing"],
): ScanKeys {
  if (isGeminiBatch && usageFormat === "google") return GEMINI_BATCH;
  if (isResponses) return framing === "events" ? RESPONSES_EVENTS : RESPONSES_JSON;
  if (isWork) return WORK_ANSWER;
  if (usageFormat === "google") return GEMINI;
  if (usageFormat === "bedrock") return BEDROCK;
  return isRecording ? RECORDING : CHAT;
}

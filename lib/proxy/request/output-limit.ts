/**
 * How much output a request lets a model write. A caller must not be able to have less counted than the provider will
 * write, so a limit counts only where the called API reads it; numbers elsewhere can only raise the result.
 * @module
 */
import { beginsJson, jsonText } from "./body-form";
import { isReadDifferently } from "./path-readings";
import { bodyHead, type RequestBody } from "./request-body";

/** The output assumed if the request doesn't limit it. */
export const DEFAULT_OUTPUT_TOKENS = 4_096;

/** No model writes more in one answer: a larger number only holds what others could use. */
export const MOST_OUTPUT_TOKENS = 262_144;

/** Providers accept at most this many answers to one request. */
const MOST_ANSWERS = 128;

/** A longer body isn't parsed: what it says about its output counts only if it is more than the default. */
const PARSED_BYTES = 256 * 1024;
/** How much of such a body is searched, at either end. */
const SEARCHED_BYTES = 32 * 1024;

interface Places {
  /** Where the API reads the most tokens of one answer; `a.b` is `b` in the object `a`. */
  readonly tokens: readonly string[];
  /** Where it reads the number of answers. */
  readonly answers: readonly string[];
}

/** By the end of the path. @see the providers' API references */
const PLACES: readonly (readonly [path: RegExp, places: Places])[] = [
  [
    /(?:^|\/)completions\/?$/,
    { tokens: ["max_tokens", "max_completion_tokens"], answers: ["n", "best_of"] },
  ],
  [/(?:^|\/)responses\/?$/, { tokens: ["max_output_tokens"], answers: [] }],
  [/(?:^|\/)messages\/?$/, { tokens: ["max_tokens"], answers: [] }],
  [
    /:(?:stream)?generateContent\/?$/i,
    {
      tokens: ["generationConfig", "generation_config"].flatMap((config) => [
        `${config}.maxOutputTokens`,
        `${config}.max_output_tokens`,
      ]),
      answers: ["generationConfig", "generation_config"].flatMap((config) => [
        `${config}.candidateCount`,
        `${config}.candidate_count`,
      ]),
    },
  ],
  [/(?:^|\/)converse(?:-stream)?\/?$/, { tokens: ["inferenceConfig.maxTokens"], answers: [] }],
];

/** Of other APIs, whose answers to unknown fields are unknown too. */
const ELSEWHERE: Places = {
  tokens: [
    "",
    "input.",
    "options.",
    "parameters.",
    "inferenceConfig.",
    "textGenerationConfig.",
  ].flatMap((inside) =>
    [
      ...["max_tokens", "max_new_tokens", "max_output_tokens", "max_completion_tokens"],
      ...["max_tokens_to_sample", "max_gen_len", "maxTokens", "maxTokenCount"],
    ].map((name) => inside + name),
  ),
  answers: ["n", "best_of", "num_generations"],
};

/** Whatever the API: a number there, escaped or not, may be the one that counts. */
const EVERYWHERE: readonly string[] = [
  ...new Set([...ELSEWHERE.tokens, ...PLACES.flatMap(([, { tokens }]) => tokens)]),
];

/** Of a path that another server could read as that of another API, no limit is sure. */
const UNKNOWN: Places = { tokens: [], answers: ELSEWHERE.answers };

function placesOf(path: string): Places {
  if (isReadDifferently(path)) return UNKNOWN;
  return PLACES.find(([pattern]) => pattern.test(path))?.[1] ?? ELSEWHERE;
}

/** Anywhere in the text: at whatever depth, and of two equal names both. */
const SAID =
  /"(?:max_?(?:completion_?|output_?|new_?|gen_?)?(?:tokens?|len)(?:_?to_?sample|_?count)?)"\s*:\s*(\d[\d.eE+]{0,20})/gi;
/** More is no request of a client. */
const MOST_SAID = 1_000;

/** @param path The part after the provider. */
export function mostOutputTokens(body: RequestBody, path: string): number {
  const bytes = bodyHead(body);
  if (bytes === null || !beginsJson(bytes)) return bytes === null ? 0 : DEFAULT_OUTPUT_TOKENS;
  const isShort = bytes.length <= PARSED_BYTES;
  const text = isShort ? jsonText(bytes) : endsOf(bytes);
  const fields = isShort ? parsed(text) : null;
  const { tokens, answers } = placesOf(path);
  const limits = numbersAt(fields, tokens);
  const limit = limits.length === 0 ? DEFAULT_OUTPUT_TOKENS : Math.max(...limits);
  const said = Math.max(mostSaid(text), ...numbersAt(fields, EVERYWHERE));
  const most = Math.min(MOST_OUTPUT_TOKENS, Math.ceil(Math.max(limit, said)));
  return most * answersWanted(fields, answers, MOST_ANSWERS);
}

/** How many answers, pictures or the like a body asks for in one of these fields: at least one. */
export function answersWanted(
  fields: Fields | null,
  places: readonly string[],
  most: number,
): number {
  return Math.min(most, Math.max(1, ...numbersAt(fields, places).map(Math.floor)));
}

export type Fields = Readonly<Record<string, unknown>>;

/** A JSON body's fields; null if it is too long, or no object. */
export function fieldsOf(body: RequestBody): Fields | null {
  const bytes = bodyHead(body);
  if (bytes === null || bytes.length > PARSED_BYTES || !beginsJson(bytes)) return null;
  return parsed(jsonText(bytes));
}

function parsed(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** Some servers read numbers in texts too. */
function numbersAt(fields: Fields | null, places: readonly string[]): readonly number[] {
  return places.flatMap((place) => {
    let value: unknown = fields;
    for (const step of place.split(".")) value = isFields(value) ? value[step] : undefined;
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) && number >= 0 ? [number] : [];
  });
}

function mostSaid(text: string): number {
  let most = 0;
  let count = 0;
  for (const [, digits] of text.matchAll(SAID)) {
    count += 1;
    if (count > MOST_SAID) return MOST_OUTPUT_TOKENS;
    const number = Number(digits);
    if (number > most) most = number;
  }
  return most;
}

function endsOf(bytes: Uint8Array): string {
  const head = jsonText(bytes.subarray(0, SEARCHED_BYTES));
  return `${head} ${jsonText(bytes.subarray(bytes.length - SEARCHED_BYTES))}`;
}

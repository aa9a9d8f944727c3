/**
 * The same requests at the entry points that several providers share, in every way to write an address and a model's
 * name.
 * @module
 */
import { type AskedRequest, BAD, GOOD, generator } from "./generate-request.ts";
import { Random } from "./random.ts";

/** An alias for the allowed model. */
export const ALIAS = "our-alias";

export interface SharedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const BASES = [
  "",
  "",
  "/v1",
  "/v1",
  "/v1/v1",
  "//v1/",
  "/api/compat",
  "/api/compat/v1",
  "/api/v1",
  "/api",
];
const ENDPOINTS = [
  ...["chat/completions", "chat/completions", "responses", "responses", "messages", "messages"],
  ...["completions", "embeddings", "images/generations", "audio/transcriptions", "moderations"],
  ...["messages/count_tokens", "openai/chat/completions", "files", "batches", "images/edits"],
];
const GOOGLE = [
  ...["/v1beta/models/{}:generateContent", "/v1beta/models/{}:streamGenerateContent"],
  ...["/api/compat/v1beta/models/{}:countTokens", "/v1/models/{}:embedContent"],
  ...["/api/v1beta/models/{}:generateContent", "/v1beta/tunedModels/{}:generateContent"],
];
const PREFIXES = [
  ...["", "", "openai/", "fireworks/", "anthropic/", "google-ai-studio/", "openrouter/", "models/"],
  ...["deepseek/", "OpenAI/", "google/", "openai/openai/", "fireworks/models/", "/", "none/"],
];

export function sharedGenerator(seed: number): () => SharedRequest {
  const random = new Random(seed);
  const next = generator(seed);
  return () => {
    const [good, bad] = [spelled(GOOD, random), spelled(BAD, random)];
    const request = next();
    const isGoogle = random.isOneIn(4);
    const door = isGoogle
      ? random.pick(GOOGLE).replace("{}", () => inAddress(random.isOneIn(2) ? good : bad, random))
      : inApi(`${random.pick(BASES)}/${random.pick(ENDPOINTS)}`);
    const isUsual = random.isOneIn(2);
    return {
      path: slashed(door, random) + request.search,
      headers: {
        ...(isUsual ? { "content-type": "application/json" } : request.headers),
        ...random.pick(FORMS),
      },
      body: isUsual ? usualBody(good, bad, random) : renamed(request, good, bad),
    };
  };
}

/** What an SDK writes, with something unusual in it. */
function usualBody(good: string, bad: string, random: Random): Uint8Array<ArrayBuffer> {
  const member = (key: string, value: unknown) => `"${key}":${JSON.stringify(value)}`;
  const members = [
    member("messages", [{ role: "user", content: "Hello" }]),
    ...(random.isOneIn(2) ? [member("input", "Hello")] : []),
    ...(random.isOneIn(2) ? [member("max_tokens", 9)] : []),
    ...(random.isOneIn(2) ? [member("contents", [{ parts: [{ text: "Hello" }] }])] : []),
  ];
  const add = (text: string) => members.splice(random.below(members.length + 1), 0, text);
  add(member("model", random.isOneIn(3) ? bad : good));
  if (random.isOneIn(2)) add(random.pick(ODD)(random.isOneIn(3) ? good : bad));
  return encoder.encode(`{${members.join(",")}}`);
}

const ODD: readonly ((name: string) => string)[] = [
  (name) => `"model":"${name}"`,
  (name) => `"Model":"${name}"`,
  (name) => `"mod\\u0065l":"${name}"`,
  (name) => `"models":["${name}"]`,
  (name) => `"model":["${name}"]`,
  (name) => `"model":{"id":"${name}"}`,
  (name) => `"model_id":"${name}"`,
  (name) => `"engine":"${name}"`,
  (name) => `"tools":[{"type":"image_generation","model":"${name}"}]`,
  (name) =>
    `"tools":[{"type":"function","function":{"name":"f","parameters":{"model":"${name}"}}}]`,
  (name) => `"extra_body":{"model":"${name}"}`,
  (name) => `"fallbacks":["${name}"]`,
  (name) => `"route":"fallback","models":["${name}"]`,
  (name) => `"prompt":{"id":"pmpt_1","variables":{"model":"${name}"}}`,
  (name) => `"generateContentRequest":{"model":"${name}"}`,
];

/** The root itself has few entry points. */
function inApi(path: string): string {
  return /^\/(?:files|batches|openai)/.test(path) ? `/v1${path}` : path;
}

/** A header may select an API format. */
const FORMS: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  {},
  { "anthropic-version": "2023-06-01" },
  { "x-goog-api-client": "genai-js" },
];

function spelled(name: string, random: Random): string {
  if (name === GOOD && random.isOneIn(8)) return ALIAS;
  return random.pick(PREFIXES) + name;
}

function inAddress(name: string, random: Random): string {
  const once = random.isOneIn(2) ? encodeURIComponent(name) : name;
  return random.isOneIn(8) ? encodeURIComponent(once) : once;
}

function slashed(path: string, random: Random): string {
  if (random.isOneIn(8)) return path.replace(/\/(?=[a-z])/, random.pick(["//", "/./", "/x/../"]));
  if (random.isOneIn(8) && path.startsWith("/api/compat/")) {
    return path.replace(/(?<=compat.*)\/(?=[a-z])/, random.pick(["%2F", "/%2e/", "%5C"]));
  }
  return path;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function renamed({ body }: AskedRequest, good: string, bad: string): Uint8Array<ArrayBuffer> {
  const text = decoder.decode(body).replaceAll(BAD, "\0").replaceAll(GOOD, good);
  return encoder.encode(text.replaceAll("\0", bad));
}

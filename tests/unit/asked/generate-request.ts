/**
 * Requests that name an allowed and a forbidden model, in random places and spellings, some of them as plain as any
 * client writes them.
 * @module
 */
import { Random } from "./random.ts";

export const GOOD = "good-model";
export const BAD = "bad-model";

export interface AskedRequest {
  readonly provider: string;
  /** The part after the provider's slug. */
  readonly path: string;
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether it only names the allowed model, in the usual place and spelling. */
  readonly isPlain: boolean;
}

interface Door {
  readonly provider: string;
  /** With `{}` in the model's place, if it has one. */
  readonly path: string;
  /** Fields of the body, the usual first; empty if the path names the model. */
  readonly fields: readonly string[];
}

const OPENAI_FIELDS = ["model"];
const DOORS: readonly Door[] = [
  ...["openai", "groq", "openrouter", "deepseek", "mistral"].map((provider) => ({
    provider,
    path: "chat/completions",
    fields: OPENAI_FIELDS,
  })),
  { provider: "openai", path: "v1/responses", fields: OPENAI_FIELDS },
  { provider: "openai", path: "audio/transcriptions", fields: OPENAI_FIELDS },
  { provider: "anthropic", path: "v1/messages", fields: OPENAI_FIELDS },
  { provider: "cartesia", path: "tts/bytes", fields: ["model_id", "model"] },
  { provider: "elevenlabs", path: "v1/text-to-speech/voice", fields: ["model_id"] },
  { provider: "parallel", path: "v1/tasks/runs", fields: ["processor", "model"] },
  { provider: "replicate", path: "predictions", fields: ["version", "model"] },
  { provider: "google-ai-studio", path: "v1beta/models/{}:generateContent", fields: [] },
  {
    provider: "google-vertex-ai",
    path: "v1/projects/p/locations/global/publishers/google/models/{}:generateContent",
    fields: [],
  },
  { provider: "azure-openai", path: "res/{}/chat/completions", fields: [] },
  { provider: "azure-openai", path: "res/openai/deployments/{}/chat/completions", fields: [] },
  { provider: "aws-bedrock", path: "bedrock-runtime/us-east-1/model/{}/converse", fields: [] },
];

export function generator(seed: number): () => AskedRequest {
  const random = new Random(seed);
  return () => generate(random);
}
generator.providers = [...new Set(DOORS.map(({ provider }) => provider))];

function generate(random: Random): AskedRequest {
  const door = random.pick(DOORS);
  const isPlain = random.isOneIn(8);
  const path = isPlain ? door.path.replace("{}", GOOD) : oddPath(door, random);
  const search = isPlain || !random.isOneIn(6) ? "" : oddQuery(random);
  const { headers, body } = isPlain ? plainBody(door, random) : oddBody(door, random);
  return { provider: door.provider, path, search, headers, body: encode(body), isPlain };
}

const encode = (text: string) => new TextEncoder().encode(text);

const named = (random: Random) => (random.isOneIn(2) ? GOOD : BAD);

function oddPath({ path }: Door, random: Random): string {
  const name = random.isOneIn(3) ? BAD : GOOD;
  let result = path.replace("{}", random.isOneIn(4) ? escaped(name, random) : name);
  if (random.isOneIn(4)) result = escaped(result, random);
  if (random.isOneIn(8)) result = result.replace("/", random.pick(["//", "%2F", "/;x=1/", "%5C"]));
  if (random.isOneIn(12)) result = result.replace("models/", "MODELS/").replace("deploy", "Deploy");
  return result;
}

/** Some characters as percent-escapes; slashes stay. */
function escaped(text: string, random: Random): string {
  return text.replace(/[a-z]/g, (character) => {
    if (!random.isOneIn(6)) return character;
    const code = character.charCodeAt(0).toString(16);
    return random.isOneIn(10) ? `%25${code}` : `%${random.isOneIn(2) ? code : code.toUpperCase()}`;
  });
}

function oddQuery(random: Random): string {
  const name = random.pick(["model", "Model", "mod%65l", "model_id", "deployment", "models", "x"]);
  return `?a=1${random.pick(["&", ";"])}${name}=${escaped(named(random), random)}`;
}

const CONTENT_TYPES = [
  ...["application/json", "application/json", "application/json; charset=utf-8", "text/plain", ""],
  ...[
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=B",
    "application/json;charset=utf-16",
  ],
];

interface Written {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const typed = (type: string): Record<string, string> =>
  type === "" ? {} : { "content-type": type };

function plainBody({ provider, path, fields: [field] }: Door, random: Random): Written {
  if (path === "audio/transcriptions") {
    return {
      headers: typed(`multipart/form-data; boundary=${BOUNDARY}`),
      body: form([["model", GOOD], FILE], BOUNDARY),
    };
  }
  const pairs: [string, unknown][] = [["messages", [{ role: "user", content: "Hello" }]]];
  if (field !== undefined) pairs.splice(random.below(2), 0, [field, GOOD]);
  else if (provider === "google-ai-studio" && random.isOneIn(2))
    pairs.push(["model", `models/${GOOD}`]);
  return {
    headers: typed("application/json"),
    body: JSON.stringify(Object.fromEntries(pairs), null, random.below(3)),
  };
}

function oddBody(door: Door, random: Random): Written {
  switch (random.below(5)) {
    case 0:
      return oddForm(door, random);
    case 1:
      return oddPairs(door, random);
    default:
      return {
        headers: typed(random.isOneIn(4) ? random.pick(CONTENT_TYPES) : "application/json"),
        body: oddJson(door, random),
      };
  }
}

function fieldName({ fields }: Door, random: Random): string {
  const usual = fields[0] ?? "model";
  return random.isOneIn(3)
    ? random.pick(["model", "models", "model_id", "version", "processor", "engine"])
    : usual;
}

/** Another spelling that some parser interprets as the same name. */
function oddKey(name: string, random: Random): string {
  switch (random.below(6)) {
    case 0:
      return `"${name.replace(/[a-z]/, (first) => first.toUpperCase())}"`;
    case 1:
      return `"${name.toUpperCase()}"`;
    case 2:
      return `"${name.replace(/[a-z]/g, (each) => (random.isOneIn(3) ? `\\u00${each.charCodeAt(0).toString(16)}` : each))}"`;
    default:
      return `"${name}"`;
  }
}

const NOISE = [
  '"messages":[{"role":"user","content":"model\\": \\"x"}]',
  '"temperature":1e0',
  '"nested":{"model":"inside"}',
  '"tools":[{"type":"function","function":{"name":"f"}}]',
  '"n":null',
];

function oddJson(door: Door, random: Random): string {
  const members = Array.from({ length: 1 + random.below(3) }, () => {
    const key = oddKey(fieldName(door, random), random);
    const value = random.isOneIn(8)
      ? `"\\u0062ad-model"`
      : random.isOneIn(8)
        ? `["${GOOD}","${named(random)}"]`
        : `"${named(random)}"`;
    return `${key}${random.pick(["", " ", "\n\t"])}:${random.pick(["", " ", "\r\n"])}${value}`;
  });
  for (let more = random.below(3); more > 0; more -= 1) {
    members.splice(random.below(members.length + 1), 0, random.pick(NOISE));
  }
  const text = `{${members.join(random.isOneIn(20) ? ",," : ", ")}}`;
  switch (random.below(16)) {
    case 0:
      return `\uFEFF${text}`;
    case 1:
      return ` \n${text}\n`;
    case 2:
      return `${text}{"model":"${BAD}"}`;
    case 3:
      return `[${text}]`;
    case 4:
      return text.replace("{", `{/* "model":"x" */`);
    default:
      return text;
  }
}

function oddPairs(door: Door, random: Random): Written {
  const pairs = Array.from({ length: 1 + random.below(3) }, () => {
    const name = fieldName(door, random);
    const spelled = random.pick([name, name.toUpperCase(), escaped(name, random), `${name}[]`]);
    return `${spelled}=${random.isOneIn(3) ? escaped(named(random), random) : named(random)}`;
  });
  return {
    headers: typed("application/x-www-form-urlencoded"),
    body: pairs.join(random.pick(["&", "&", ";"])),
  };
}

const BOUNDARY = "----formdata-test-0123456789";
const FILE: [string, string] = ['file"; filename="a.wav', "RIFF\r\ndata"];

function form(fields: readonly (readonly [string, string])[], boundary: string): string {
  const parts = fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}

function oddForm(door: Door, random: Random): Written {
  const boundary = random.pick(["B", BOUNDARY]);
  const hidden = `--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n${named(random)}\r\n`;
  const fields: (readonly [string, string])[] = Array.from({ length: 1 + random.below(3) }, () => {
    const name = fieldName(door, random);
    return [
      random.pick([name, name, name.toUpperCase(), `${name}[]`, `${name}"; filename="f`]),
      named(random),
    ] as const;
  });
  if (random.isOneIn(2)) fields.push(FILE);
  if (random.isOneIn(6))
    fields.push(["prompt", random.pick([`x${hidden}`, `x\n${hidden}`, `x\r\n${hidden}`])]);
  let body = form(fields, boundary);
  if (random.isOneIn(8)) body = body.replaceAll("\r\n", "\n");
  if (random.isOneIn(8)) body = `preamble\r\n${body}`;
  if (random.isOneIn(8)) body = `${body}${hidden}`;
  if (random.isOneIn(8))
    body = body.replace("\r\n\r\n", '\r\nContent-Disposition: form-data; name="model"\r\n\r\n');
  if (random.isOneIn(8)) body = body.replace('name="', "name=");
  if (random.isOneIn(10)) body = body.replace(`--${boundary}`, `--${boundary} `);
  const type = `multipart/form-data; boundary=${random.pick([boundary, `"${boundary}"`])}`;
  const types = [
    type,
    type,
    type,
    `${type}; boundary=C`,
    "application/json",
    `${type}; charset=utf-8`,
  ];
  return { headers: typed(random.pick(types)), body };
}

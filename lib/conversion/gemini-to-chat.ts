/**
 * Converts a request of Google's `generateContent` to one of OpenAI's chat completions. Sources:
 * ai.google.dev/api/generate-content, `/caching` (contents and parts), `/function-calling`, `/thinking`;
 * platform.openai.com/docs/api-reference/chat/create. Fields may be written in snake case too, as proto's JSON allows.
 * @module
 */
import { withStates } from "./calls/call-states";
import { toolMessage } from "./calls/tool-result";
import type { ChatDialect, Effort } from "./chat-dialect";
import { type Fields, fields, given, isGiven, list, named, text } from "./json";
import { type ConvertedRequest, Losses } from "./losses";
import { opened } from "./sealed-thought";

const KNOWN: ReadonlySet<string> = new Set([
  ...["contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "cachedContent"],
  ...["model"],
]);
const KNOWN_IN_TOOL: ReadonlySet<string> = new Set([
  ...["name", "description", "parameters", "parametersJsonSchema"],
]);
const KNOWN_SETTINGS: ReadonlySet<string> = new Set([
  ...["temperature", "topP", "topK", "maxOutputTokens", "stopSequences", "candidateCount", "seed"],
  ...["presencePenalty", "frequencyPenalty", "responseMimeType", "responseSchema"],
  ...["responseJsonSchema", "responseModalities", "thinkingConfig"],
]);

/**
 * @param model As the provider names it.
 * @param isStream The path says it, not the body.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function geminiToChat(
  body: unknown,
  model: string,
  dialect: ChatDialect,
  isStream: boolean,
): ConvertedRequest {
  const request = inCamelCase(body);
  const settings = inCamelCase(request.generationConfig);
  const losses = new Losses();
  losses.dropUnknown(request, KNOWN);
  for (const name of Object.keys(settings)) {
    if (!KNOWN_SETTINGS.has(name)) losses.drop(`generationConfig.${name}`);
  }
  refuseUnspeakable(request, settings, losses);
  const history = new History(dialect, losses);
  const limit = dialect.hasCompletionLimit ? "max_completion_tokens" : "max_tokens";
  if (isGiven(settings.topK) && !dialect.takesTopK) losses.drop("generationConfig.topK");
  const converted = given({
    model,
    messages: [
      ...systemMessages(request.systemInstruction, losses),
      ...history.messages(request.contents),
    ],
    [limit]: orAbsent(settings.maxOutputTokens),
    temperature: orAbsent(settings.temperature),
    top_p: orAbsent(settings.topP),
    top_k: dialect.takesTopK ? orAbsent(settings.topK) : undefined,
    stop: stopStrings(settings.stopSequences, dialect, losses),
    seed: orAbsent(settings.seed),
    presence_penalty: orAbsent(settings.presencePenalty),
    frequency_penalty: orAbsent(settings.frequencyPenalty),
    ...tools(request, losses),
    ...thinking(inCamelCase(settings.thinkingConfig), model, dialect, losses),
    response_format: responseFormat(settings),
    stream: isStream ? true : undefined,
    stream_options: isStream && dialect.asksForUsage ? { include_usage: true } : undefined,
  });
  return losses.of(converted);
}

/** Whether a request wants the thoughts in its response. */
export function wantsThoughts(body: unknown): boolean {
  const settings = inCamelCase(inCamelCase(body).generationConfig);
  return inCamelCase(settings.thinkingConfig).includeThoughts === true;
}

function orAbsent(value: unknown): unknown {
  return value ?? undefined;
}

/** The fields of an object, by their names in camel case. */
function inCamelCase(value: unknown): Fields {
  const entries = Object.entries(fields(value)).map(([name, each]) => [
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    each,
  ]);
  return Object.fromEntries(entries) as Fields;
}

function refuseUnspeakable(request: Fields, settings: Fields, losses: Losses): void {
  if (isGiven(request.cachedContent)) {
    losses.refuse("cachedContent", "it is kept at Google, and the model is another provider's");
  }
  const { candidateCount } = settings;
  if (typeof candidateCount === "number" && candidateCount > 1) {
    losses.refuse("generationConfig.candidateCount", "there is one answer");
  }
  const others = list(settings.responseModalities).filter((each) => each !== "TEXT");
  if (others.length > 0) {
    losses.refuse("generationConfig.responseModalities", "the answer is in words");
  }
}

/** Contents, or a text. */
function systemMessages(instruction: unknown, losses: Losses): Fields[] {
  const said =
    typeof instruction === "string"
      ? instruction
      : list(fields(instruction).parts)
          .map((each) => {
            const part = inCamelCase(each);
            if (!isGiven(part.text)) losses.refuse("systemInstruction", "only text can stand here");
            return text(part.text);
          })
          .join("\n\n");
  return said === "" ? [] : [{ role: "system", content: said }];
}

const STORED_AT_GOOGLE =
  /^https?:\/\/(?:[^/]*\.googleapis\.com|(?:www\.)?youtube\.com|youtu\.be)\//i;

class Queue {
  readonly #all: string[] = [];
  #taken = 0;

  add(id: string): void {
    this.#all.push(id);
  }

  next(): string | undefined {
    this.#taken += 1;
    return this.#all[this.#taken - 1];
  }
}

class History {
  readonly #dialect: ChatDialect;
  readonly #losses: Losses;
  #calls = 0;
  /** Calls that have no result yet: many clients name them only by their function. */
  readonly #open = new Set<string>();
  /** Ids of calls, by their functions. */
  readonly #ofFunction = new Map<string, Queue>();

  constructor(dialect: ChatDialect, losses: Losses) {
    this.#dialect = dialect;
    this.#losses = losses;
  }

  messages(contents: unknown): readonly Fields[] {
    const turns = Array.isArray(contents) ? contents : isGiven(contents) ? [contents] : [];
    return turns.flatMap((each, index) => {
      const turn = typeof each === "string" ? { parts: [{ text: each }] } : fields(each);
      const parts = list(turn.parts).map(inCamelCase);
      const place = `contents[${index}].parts`;
      return turn.role === "model" ? this.#said(parts, place) : this.#userMessages(parts, place);
    });
  }

  #said(parts: readonly Fields[], place: string): Fields[] {
    const { reasoningIn } = this.#dialect;
    let [said, thought] = ["", ""];
    const states: Record<string, Fields> = {};
    const calls: Fields[] = [];
    const details: Fields[] = [];
    for (const [index, part] of parts.entries()) {
      const ours = opened(part.thoughtSignature);
      if (ours === null && isGiven(part.thoughtSignature)) this.#losses.drop("thoughtSignature");
      if (ours !== null) {
        thought ||= ours.thought;
        Object.assign(states, ours.calls);
        details.push(...(ours.details ?? []));
      }
      if (isGiven(part.functionCall)) calls.push(this.#call(fields(part.functionCall)));
      else if (part.thought === true) thought += ours === null ? text(part.text) : "";
      else if (isGiven(part.text)) said += text(part.text);
      else this.#refuse(part, `${place}[${index}]`);
    }
    if (thought !== "" && reasoningIn === null) this.#losses.drop("thoughts of the history");
    if (said === "" && calls.length === 0) return [];
    return [
      given({
        role: "assistant",
        content: said === "" && calls.length > 0 ? null : said,
        ...(reasoningIn !== null && thought !== "" && { [reasoningIn]: thought }),
        reasoning_details: this.#dialect.takesDetails && details.length > 0 ? details : undefined,
        tool_calls: calls.length > 0 ? withStates(calls, states, this.#dialect) : undefined,
      }),
    ];
  }

  #call({ id, name, args }: Fields): Fields {
    this.#calls += 1;
    const own = text(id) || `call_${this.#calls}`;
    this.#open.add(own);
    const ofIt = this.#ofFunction.get(text(name)) ?? new Queue();
    this.#ofFunction.set(text(name), ofIt);
    ofIt.add(own);
    const called = { name: text(name), arguments: JSON.stringify(args ?? {}) };
    return { id: own, type: "function", function: called };
  }

  /** The id of the call that a result answers: its own, or the first open one of its function. */
  #answered(id: string, name: string): string {
    if (id !== "") {
      this.#open.delete(id);
      return id;
    }
    const ofIt = this.#ofFunction.get(name);
    let first = ofIt?.next() ?? "";
    // It may have been answered by its id.
    while (first !== "" && !this.#open.has(first)) first = ofIt?.next() ?? "";
    this.#open.delete(first);
    return first;
  }

  /** Function results come first, as separate messages: they must follow the calls. */
  #userMessages(parts: readonly Fields[], place: string): Fields[] {
    const results: Fields[] = [];
    const shown: Fields[] = [];
    for (const [index, part] of parts.entries()) {
      const at = `${place}[${index}]`;
      if (!isGiven(part.functionResponse)) {
        shown.push(this.#shown(part, at));
        continue;
      }
      const response = inCamelCase(part.functionResponse);
      results.push(this.#result(response));
      // A result is a text in chat completions: anything else in it goes into the following message.
      for (const each of list(response.parts)) {
        shown.push(this.#shown(inCamelCase(each), `${at}.functionResponse.parts`));
      }
    }
    const [only] = shown;
    const content = shown.length === 1 && only?.type === "text" ? only.text : shown;
    return shown.length === 0 ? results : [...results, { role: "user", content }];
  }

  #result({ id, name, response }: Fields): Fields {
    const { result, output, error } = fields(response);
    // Results that contain one text, as in Google's examples.
    const [only] = [result, output, error].filter((each) => typeof each === "string");
    const isOne = Object.keys(fields(response)).length === 1;
    const content = isOne && only !== undefined ? only : JSON.stringify(response ?? {});
    const failed = isGiven(error) ? "functionResponse.response.error" : null;
    const answered = this.#answered(text(id), text(name));
    return toolMessage(answered, content, failed, this.#dialect, this.#losses);
  }

  #shown(part: Fields, place: string): Fields {
    if (isGiven(part.text)) return { type: "text", text: text(part.text) };
    if (isGiven(part.fileData)) return this.#linked(inCamelCase(part.fileData), place);
    if (!isGiven(part.inlineData)) return this.#refuse(part, place);
    const { mimeType, data, displayName } = inCamelCase(part.inlineData);
    const url = `data:${text(mimeType)};base64,${text(data)}`;
    if (text(mimeType).startsWith("image/")) return { type: "image_url", image_url: { url } };
    if (mimeType !== "application/pdf" || !this.#dialect.takesFiles) {
      this.#losses.refuse(`${place}.inlineData`, `the model's provider takes no ${text(mimeType)}`);
    }
    const filename = text(displayName) || "document.pdf";
    return { type: "file", file: { filename, file_data: url } };
  }

  /** A file anywhere on the web; what is stored at Google only Google can read. */
  #linked({ fileUri, mimeType }: Fields, place: string): Fields {
    const url = text(fileUri);
    const isOnWeb = /^https?:\/\//i.test(url) && !STORED_AT_GOOGLE.test(url);
    if (isOnWeb && text(mimeType).startsWith("image/")) {
      return { type: "image_url", image_url: { url } };
    }
    if (isOnWeb && mimeType === "application/pdf" && this.#dialect.takesFileUrls) {
      return { type: "file", file: { filename: "document.pdf", file_data: url } };
    }
    return this.#losses.refuse(
      `${place}.fileData`,
      "a stored file cannot be read by another provider",
    );
  }

  #refuse(part: Fields, place: string): never {
    const [kind] = Object.keys(part);
    return this.#losses.refuseType(place, kind);
  }
}

function stopStrings(
  given: unknown,
  { maxStops }: ChatDialect,
  losses: Losses,
): readonly unknown[] | undefined {
  const stops = list(given);
  if (stops.length > maxStops) losses.drop(`stopSequences[${maxStops}+]`);
  return stops.length === 0 ? undefined : stops.slice(0, maxStops);
}

function tools(request: Fields, losses: Losses): Fields {
  const offered = list(request.tools).map(inCamelCase);
  const own = offered.flatMap(({ functionDeclarations }) =>
    list(functionDeclarations).map(inCamelCase),
  );
  for (const [index, tool] of offered.entries()) {
    for (const kind of Object.keys(tool).filter((name) => name !== "functionDeclarations")) {
      if (own.length === 0) losses.refuse(`tools[${index}].${kind}`, "it runs at Google");
      losses.drop(`tools[].${kind}`);
    }
  }
  if (own.length === 0) return {};
  const { mode, allowedFunctionNames } = inCamelCase(
    inCamelCase(request.toolConfig).functionCallingConfig,
  );
  const allowed = list(allowedFunctionNames);
  const may = allowed.length === 0 ? own : own.filter(({ name }) => allowed.includes(name));
  return given({
    tools: may.map((declared) => {
      losses.dropUnknown(declared, KNOWN_IN_TOOL, "functionDeclarations[].");
      const { name, description, parameters, parametersJsonSchema } = declared;
      return {
        type: "function",
        function: given({
          name,
          description: orAbsent(description),
          parameters: parametersJsonSchema ?? jsonSchema(parameters),
        }),
      };
    }),
    tool_choice: toolChoice(text(mode), may),
  });
}

function toolChoice(mode: string, may: readonly Fields[]): unknown {
  if (mode === "NONE") return "none";
  if (mode !== "ANY") return undefined;
  const [only] = may;
  return may.length === 1 ? { type: "function", function: { name: only?.name } } : "required";
}

/** Converts Google's `Schema` to JSON Schema: types in capitals, and a flag for nullable values. */
function jsonSchema(schema: unknown): unknown {
  if (!isGiven(schema)) return undefined;
  if (Array.isArray(schema)) return schema.map(jsonSchema);
  const {
    type,
    nullable,
    properties,
    items,
    anyOf,
    prefixItems,
    additionalProperties: others,
    propertyOrdering: _,
    ...rest
  } = inCamelCase(schema);
  const named = text(type).toLowerCase();
  const known = named === "" || named === "type_unspecified" ? undefined : named;
  const inner = Object.entries(fields(properties)).map(([name, each]) => [name, jsonSchema(each)]);
  return given({
    ...withNumbers(rest),
    type: known !== undefined && nullable === true ? [known, "null"] : known,
    properties: isGiven(properties) ? Object.fromEntries(inner) : undefined,
    items: jsonSchema(items),
    anyOf: jsonSchema(anyOf),
    prefixItems: jsonSchema(prefixItems),
    additionalProperties: typeof others === "boolean" ? others : jsonSchema(others),
  });
}

/** Google's whole numbers may be written as texts. */
const COUNTS: readonly string[] = [
  ...["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"],
];

function withNumbers(schema: Fields): Fields {
  const entries = Object.entries(schema).map(([name, value]) => [
    name,
    COUNTS.includes(name) && typeof value === "string" ? Number(value) : value,
  ]);
  return Object.fromEntries(entries) as Fields;
}

const LEVELS: Readonly<Record<string, Effort>> = {
  MINIMAL: "low",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
};
/** A thinking budget up to this many tokens is low effort, above it medium. */
const FEW_TOKENS = 2_048;
const SOME_TOKENS = 8_192;

function thinking(
  { thinkingLevel, thinkingBudget }: Fields,
  model: string,
  dialect: ChatDialect,
  losses: Losses,
): Fields {
  const effort = named(LEVELS, text(thinkingLevel).toUpperCase()) ?? ofBudget(thinkingBudget);
  if (effort === null) return {};
  const said = dialect.effort(effort, model);
  // A request not to think loses nothing if it can't be expressed.
  if (said === null && effort !== "none") losses.drop("generationConfig.thinkingConfig");
  return said ?? {};
}

/** With a negative budget, the model chooses. */
function ofBudget(budget: unknown): Effort | null {
  if (typeof budget !== "number" || budget < 0) return null;
  if (budget === 0) return "none";
  if (budget <= FEW_TOKENS) return "low";
  return budget <= SOME_TOKENS ? "medium" : "high";
}

function responseFormat(settings: Fields): Fields | undefined {
  if (settings.responseMimeType !== "application/json") return undefined;
  const schema = settings.responseJsonSchema ?? jsonSchema(settings.responseSchema);
  if (schema === undefined) return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: "answer", schema } };
}

/**
 * Converts a request of OpenAI's chat completions to one of Google's `generateContent`. Sources:
 * platform.openai.com/docs/api-reference/chat/create; ai.google.dev/api/generate-content, `/caching` (contents and
 * parts), and in its docs `/thinking`, `/thought-signatures`, `/file-input-methods`; `extra_content` as in `/openai`.
 * @module
 */
import {
  ASKED,
  askedCall,
  askedChoice,
  askedImage,
  askedReasoning,
  askedStops,
  askedTools,
  dropGrammars,
  inlineData,
  objectOf,
  refuseUnspeakable,
} from "./asked-chat";
import { type Fields, fields, given, isGiven, list, named, parsedJson, text } from "./json";
import { type ConvertedRequest, Losses } from "./losses";
import { sealedThoughts } from "./thought-details";

const KNOWN: ReadonlySet<string> = new Set([
  ...ASKED,
  ...["top_k", "seed", "presence_penalty", "frequency_penalty"],
]);

/** Google's maximum. */
const MAX_STOPS = 5;

/**
 * @param model As the provider names it.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function chatToGemini(body: unknown, model: string): ConvertedRequest {
  const request = fields(body);
  const losses = new Losses();
  refuseUnspeakable(request, losses);
  losses.dropUnknown(request, KNOWN);
  for (const name of ["logprobs", "store"]) if (request[name] === true) losses.drop(name);
  const history = new History(version(model) >= 3, losses);
  const contents = history.contents(list(request.messages).map(fields));
  // At least one content is required.
  if (contents.length === 0 && history.system.length > 0) {
    losses.drop("messages[role=system]");
    contents.push({ role: "user", parts: history.system.splice(0) });
  }
  const generationConfig = given({
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    topK: request.top_k ?? undefined,
    seed: request.seed ?? undefined,
    presencePenalty: request.presence_penalty ?? undefined,
    frequencyPenalty: request.frequency_penalty ?? undefined,
    stopSequences: stopSequences(request.stop, losses),
    ...responseFormat(fields(request.response_format)),
    thinkingConfig: thinking(request, model, losses),
  });
  const isConfigured = Object.keys(generationConfig).length > 0;
  const converted = given({
    systemInstruction: history.system.length === 0 ? undefined : { parts: history.system },
    contents,
    ...tools(request, losses),
    generationConfig: isConfigured ? generationConfig : undefined,
  });
  return losses.of(converted);
}

/** `gemini-2.5-pro` is 2.5; `gemini-flash-latest` is of the newest; 0 for names that say nothing. */
function version(model: string): number {
  const [, number] = /gemini-(\d+(?:\.\d+)?)/.exec(model) ?? [];
  if (number !== undefined) return Number(number);
  return /gemini-.*latest/.test(model) ? 3 : 0;
}

/** For calls that were made by another model: Gemini 3 rejects those without a signature. */
const UNSIGNED = "skip_thought_signature_validator";

interface Turn {
  readonly role: "user" | "model";
  readonly parts: Fields[];
}

class History {
  /** What precedes the conversation. */
  readonly system: Fields[] = [];
  readonly #needsSignatures: boolean;
  readonly #losses: Losses;
  readonly #turns: Turn[] = [];
  /** Names of the functions called, by their calls' ids: results have to repeat them. */
  readonly #names = new Map<string, string>();

  constructor(needsSignatures: boolean, losses: Losses) {
    this.#needsSignatures = needsSignatures;
    this.#losses = losses;
  }

  contents(messages: readonly Fields[]): Turn[] {
    for (const [index, message] of messages.entries()) this.#add(message, `messages[${index}]`);
    return this.#turns;
  }

  #add(message: Fields, place: string): void {
    if (isGiven(message.name) && message.role !== "tool") this.#losses.drop("messages[].name");
    switch (message.role) {
      case "system":
      case "developer":
        this.#instruct(this.#texts(message, place));
        break;
      case "assistant":
        this.#say("model", this.#modelParts(message, place));
        break;
      case "tool":
        this.#say("user", [this.#result(message, place)]);
        break;
      case "user":
        this.#say("user", this.#parts(message, place));
        break;
      default:
        this.#losses.refuseType(`${place}.role`, message.role);
    }
  }

  /** Turns alternate, and the results of a turn's calls stand together. */
  #say(role: Turn["role"], parts: readonly Fields[]): void {
    const last = this.#turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) this.#turns.push({ role, parts: [...parts] });
  }

  #instruct(parts: readonly Fields[]): void {
    if (this.#turns.length === 0) {
      this.system.push(...parts);
      return;
    }
    this.#losses.drop("messages[role=system]");
    this.#say("user", parts);
  }

  #texts(message: Fields, place: string): Fields[] {
    return this.#parts(message, place).map((part) =>
      isGiven(part.text)
        ? part
        : this.#losses.refuse(`${place}.content`, "only text can stand here"),
    );
  }

  #parts({ content }: Fields, place: string): Fields[] {
    if (typeof content === "string") return textParts(content);
    return list(content).flatMap((each, index) =>
      this.#part(fields(each), `${place}.content[${index}]`),
    );
  }

  #part(part: Fields, place: string): Fields[] {
    if (isGiven(part.cache_control)) this.#losses.drop("cache_control");
    switch (part.type) {
      case "text":
        return textParts(part.text);
      case "refusal":
        return textParts(part.refusal);
      case "image_url": {
        const { url, detail } = askedImage(part);
        if (isGiven(detail) && detail !== "auto") this.#losses.drop("image_url.detail");
        return [this.#media(url, imageType(url), `${place}.image_url`)];
      }
      case "input_audio": {
        const { data, format } = fields(part.input_audio);
        return [{ inlineData: { mimeType: `audio/${text(format) || "wav"}`, data: text(data) } }];
      }
      case "file": {
        const { file_data, file_id } = fields(part.file);
        if (isGiven(file_id)) {
          this.#losses.refuse(
            `${place}.file.file_id`,
            "a stored file cannot be read by another provider",
          );
        }
        return [this.#media(text(file_data), "application/pdf", `${place}.file.file_data`)];
      }
      default:
        return this.#losses.refuseType(`${place}.type`, part.type);
    }
  }

  /** @param guessedType For an address, which doesn't say it. */
  #media(url: string, guessedType: string, place: string): Fields {
    const inline = inlineData(url);
    if (inline !== null) return { inlineData: { mimeType: inline.type, data: inline.data } };
    if (/^https?:\/\//.test(url)) return { fileData: { mimeType: guessedType, fileUri: url } };
    return this.#losses.refuse(place, "it is neither an address nor data");
  }

  #modelParts(message: Fields, place: string): Fields[] {
    const { content, refusal, tool_calls, audio } = message;
    if (isGiven(audio)) this.#losses.refuse(`${place}.audio`, "the model's answers are not heard");
    const said = [...this.#parts({ content }, place), ...textParts(refusal)];
    const signature = sealedThoughts(message, "google-gemini-v1", this.#losses).at(-1);
    const last = said.pop();
    if (last !== undefined) {
      said.push(signature === undefined ? last : { ...last, thoughtSignature: signature });
    }
    return [
      ...said,
      ...list(tool_calls).map((each, index) => this.#call(fields(each), index === 0)),
    ];
  }

  #call(call: Fields, isFirst: boolean): Fields {
    const { id, name, arguments: json } = askedCall(call);
    const args = json === "" ? {} : objectOf(parsedJson(json));
    // A model may have written invalid JSON; the history stays usable.
    if (args === null) this.#losses.drop("tool_calls[].arguments");
    this.#names.set(id, text(name));
    const { thought_signature } = fields(fields(call.extra_content).google);
    const unsigned = isFirst && this.#needsSignatures ? UNSIGNED : undefined;
    return given({
      functionCall: given({ id: id || undefined, name, args: args ?? { arguments: json } }),
      thoughtSignature: text(thought_signature) || unsigned,
    });
  }

  #result(message: Fields, place: string): Fields {
    const id = text(message.tool_call_id);
    const said = this.#texts(message, place)
      .map((part) => text(part.text))
      .join("\n");
    return {
      functionResponse: given({
        id: id || undefined,
        name: this.#names.get(id) || text(message.name) || "unknown",
        response: message.is_error === true ? { error: said } : { output: said },
      }),
    };
  }
}

/** An empty text would be rejected. */
function textParts(said: unknown): Fields[] {
  return text(said) === "" ? [] : [{ text: text(said) }];
}

/** By the address's ending. */
function imageType(url: string): string {
  const [, ending = ""] = /\.(png|webp|heic|heif|gif)(?:[?#]|$)/i.exec(url.slice(0, 2_048)) ?? [];
  return `image/${ending.toLowerCase() || "jpeg"}`;
}

function stopSequences(stop: unknown, losses: Losses): readonly string[] | undefined {
  const stops = askedStops(stop);
  if (stops.length > MAX_STOPS) losses.drop(`stop[${MAX_STOPS}+]`);
  return stops.length === 0 ? undefined : stops.slice(0, MAX_STOPS);
}

function tools(request: Fields, losses: Losses): Fields {
  const choice = askedChoice(request.tool_choice);
  const only = choice?.only ?? null;
  const offered = askedTools(request, losses);
  if (offered.length === 0) return {};
  dropGrammars(offered, losses);
  if (offered.some(({ isStrict }) => isStrict)) losses.drop("tools[].strict");
  if (offered.some(({ tool }) => isGiven(tool.cache_control))) losses.drop("cache_control");
  if (request.parallel_tool_calls === false) losses.drop("parallel_tool_calls");
  const functionDeclarations = offered
    .filter(({ name }) => only === null || only.has(name))
    .map(({ name, description, parameters }) =>
      given({
        name,
        description: description ?? undefined,
        parametersJsonSchema: parameters ?? undefined,
      }),
    );
  if (choice === null) return { tools: [{ functionDeclarations }] };
  const allowedFunctionNames = isGiven(choice.name) ? [choice.name] : undefined;
  const functionCallingConfig = given({ mode: MODES[choice.mode], allowedFunctionNames });
  return { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig } };
}

const MODES = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

function responseFormat({ type, json_schema }: Fields): Fields {
  if (type === "json_object") return { responseMimeType: "application/json" };
  if (type !== "json_schema") return {};
  const { schema } = fields(json_schema);
  return given({
    responseMimeType: "application/json",
    responseJsonSchema: schema ?? undefined,
  });
}

/** Of Gemini 2.5, in tokens, as Google's own OpenAI-compatible endpoint has it. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
const LEVELS: Readonly<Record<string, string>> = {
  none: "LOW",
  minimal: "LOW",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH",
  max: "HIGH",
};
/** Gemini 2.5 Pro always thinks. */
const MIN_PRO_BUDGET = 128;

function thinking(request: Fields, model: string, losses: Losses): Fields | undefined {
  const asked = askedReasoning(request);
  if (asked === null) return undefined;
  const { effort, tokens, field } = asked;
  const includeThoughts = effort === "none" ? undefined : true;
  const of = version(model);
  if (tokens !== null && of >= 2.5) return given({ thinkingBudget: tokens, includeThoughts });
  const [level, budget] = [named(LEVELS, effort), effort === "none" ? 0 : named(BUDGETS, effort)];
  if (of >= 3 && level !== undefined) {
    return given({ thinkingLevel: levelOf(model, effort, level), includeThoughts });
  }
  if (of >= 2.5 && budget !== undefined) {
    const thinkingBudget = model.includes("pro") ? Math.max(MIN_PRO_BUDGET, budget) : budget;
    return given({ thinkingBudget, includeThoughts });
  }
  // A request not to think loses nothing if it can't be expressed.
  if (effort !== "none") losses.drop(field);
  return undefined;
}

/** Flash can think less than others, and the first Gemini 3 Pro has two levels only. */
function levelOf(model: string, effort: string, level: string): string {
  if (level === "LOW" && effort !== "low" && model.includes("flash")) return "MINIMAL";
  return level === "MEDIUM" && /gemini-3-pro/.test(model) ? "HIGH" : level;
}

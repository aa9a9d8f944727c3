/**
 * Converts a request of OpenAI's Responses to one of its chat completions. Source:
 * platform.openai.com/docs/api-reference/responses/create.
 * @module
 */
import { withStates } from "./calls/call-states";
import { plainArguments, plainFunction } from "./calls/plain-tools";
import { ToolNames } from "./calls/tool-names";
import type { ChatDialect, Effort } from "./chat-dialect";
import { type Fields, fields, given, isGiven, list, named, text } from "./json";
import { type ConvertedRequest, Losses } from "./losses";
import { opened } from "./sealed-thought";

const KNOWN: ReadonlySet<string> = new Set([
  ...["model", "input", "instructions", "max_output_tokens", "temperature", "top_p", "tools"],
  ...["tool_choice", "parallel_tool_calls", "reasoning", "text", "stream", "store", "include"],
  ...["previous_response_id", "conversation", "prompt", "background"],
]);

const KNOWN_IN_TOOL: ReadonlySet<string> = new Set([
  ...["type", "name", "description", "parameters", "strict"],
]);

export interface ConvertedResponsesRequest extends ConvertedRequest {
  /** The names of the tools in chat completions. */
  readonly names: ToolNames;
}

/**
 * @param model As the provider names it.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function responsesToChat(
  body: unknown,
  model: string,
  dialect: ChatDialect,
): ConvertedResponsesRequest {
  const request = fields(body);
  const losses = new Losses();
  refuseStored(request, losses);
  losses.dropUnknown(request, KNOWN);
  if (request.store === true) losses.drop("store");
  for (const each of list(request.include)) {
    if (each !== "reasoning.encrypted_content") losses.drop(`include[${text(each)}]`);
  }
  const names = new ToolNames();
  const limit = dialect.hasCompletionLimit ? "max_completion_tokens" : "max_tokens";
  const isStream = request.stream === true;
  // Tools come first: their names show what the calls of the history refer to.
  const toolFields = tools(request, names, losses);
  const converted = given({
    model,
    messages: [
      ...instructions(request.instructions),
      ...new History(names, dialect, losses).messages(request.input),
    ],
    [limit]: given({ value: request.max_output_tokens ?? undefined }).value,
    temperature: request.temperature ?? undefined,
    top_p: request.top_p ?? undefined,
    ...toolFields,
    ...effort(fields(request.reasoning), model, dialect, losses),
    ...format(fields(request.text), losses),
    stream: isStream ? true : undefined,
    stream_options: isStream && dialect.asksForUsage ? { include_usage: true } : undefined,
  });
  return { ...losses.of(converted), names };
}

function refuseStored(request: Fields, losses: Losses): void {
  for (const name of ["previous_response_id", "conversation", "prompt"]) {
    if (isGiven(request[name])) {
      losses.refuse(name, "is stored at OpenAI, and the model asked for is another provider's");
    }
  }
  if (request.background === true) losses.refuse("background", "works at OpenAI only");
}

function instructions(given: unknown): Fields[] {
  return text(given) === "" ? [] : [{ role: "system", content: text(given) }];
}

/** Consecutive items of the assistant are one message in chat completions. */
interface Turn {
  content: string;
  thought: string;
  readonly details: Fields[];
  readonly calls: Fields[];
}

class History {
  readonly #names: ToolNames;
  readonly #dialect: ChatDialect;
  readonly #losses: Losses;
  readonly #messages: Fields[] = [];
  #turn: Turn | null = null;
  #states: Record<string, Fields> = {};
  /** What tool results contain besides their text: it comes after the last of them. */
  #shown: Fields[] = [];

  constructor(names: ToolNames, dialect: ChatDialect, losses: Losses) {
    this.#names = names;
    this.#dialect = dialect;
    this.#losses = losses;
  }

  messages(input: unknown): readonly Fields[] {
    if (typeof input === "string") return [{ role: "user", content: input }];
    for (const [index, item] of list(input).entries()) this.#item(fields(item), `input[${index}]`);
    this.#endTurn();
    this.#endResults();
    return this.#messages;
  }

  #item(item: Fields, place: string): void {
    switch (item.type ?? "message") {
      case "message":
        this.#message(item, place);
        break;
      case "reasoning":
        this.#thought(item);
        break;
      case "function_call":
      case "custom_tool_call":
        this.#call(item);
        break;
      case "function_call_output":
      case "custom_tool_call_output":
        this.#result(item, place);
        break;
      default:
        this.#losses.refuseType(`${place}.type`, item.type);
    }
  }

  #message({ role, content }: Fields, place: string): void {
    const parts =
      typeof content === "string"
        ? [{ type: "text", text: content }]
        : list(content).map((each, index) =>
            this.#part(fields(each), `${place}.content[${index}]`),
          );
    if (role === "assistant") {
      this.#endResults();
      this.#openTurn().content += parts.map((part) => text(part.text)).join("");
      return;
    }
    this.#endTurn();
    this.#endResults();
    if (role === "user") {
      this.#messages.push({ role, content: shortest(parts) });
      return;
    }
    // Services other than OpenAI's don't know the role `developer`.
    const said = parts.map((part) => text(part.text)).join("\n\n");
    this.#messages.push({ role: "system", content: said });
  }

  #part(part: Fields, place: string): Fields {
    switch (part.type) {
      case "input_text":
      case "output_text":
      case "text":
        return { type: "text", text: text(part.text) };
      case "refusal":
        return { type: "text", text: text(part.refusal) };
      case "input_image":
        return this.#image(part, place);
      case "input_file":
        return this.#file(part, place);
      default:
        return this.#losses.refuseType(`${place}.type`, part.type);
    }
  }

  #image({ image_url, file_id, detail }: Fields, place: string): Fields {
    if (isGiven(file_id) || text(image_url) === "") {
      this.#losses.refuse(`${place}.file_id`, "a stored file cannot be read by another provider");
    }
    const isUsual = !isGiven(detail) || detail === "auto";
    return {
      type: "image_url",
      image_url: { url: text(image_url), ...(!isUsual && { detail }) },
    };
  }

  #file({ file_data, file_url, filename }: Fields, place: string): Fields {
    const { takesFiles, takesFileUrls } = this.#dialect;
    const data = text(file_data) || (takesFileUrls ? text(file_url) : "");
    if (data === "") {
      this.#losses.refuse(
        place,
        "a file that is not in the request cannot be read by another provider",
      );
    }
    if (!takesFiles) {
      this.#losses.refuse(place, "the model's provider takes no such documents");
    }
    const file = { filename: text(filename) || "document.pdf", file_data: data };
    return { type: "file", file };
  }

  #thought({ summary, content, encrypted_content }: Fields): void {
    const ours = opened(encrypted_content);
    if (ours === null && isGiven(encrypted_content)) {
      this.#losses.drop("reasoning.encrypted_content");
    }
    Object.assign(this.#states, ours?.calls);
    const texts = [...list(content), ...list(summary)].map((part) => text(fields(part).text));
    const thought = ours?.thought ?? texts.join("\n\n");
    const details = this.#dialect.takesDetails ? (ours?.details ?? []) : [];
    if (thought === "" && details.length === 0) return;
    if (this.#dialect.reasoningIn === null) this.#losses.drop("reasoning items");
    this.#endResults();
    const turn = this.#openTurn();
    turn.thought += thought;
    turn.details.push(...details);
  }

  #call(item: Fields): void {
    this.#endResults();
    const name = this.#names.called(item);
    const isCustom = item.type === "custom_tool_call";
    const said = isCustom ? plainArguments(item.input) : text(item.arguments);
    this.#openTurn().calls.push({
      id: text(item.call_id),
      type: "function",
      function: { name, arguments: said },
    });
  }

  #result({ call_id, output }: Fields, place: string): void {
    this.#endTurn();
    const parts =
      typeof output === "string"
        ? [{ type: "text", text: output }]
        : list(output).map((each, index) => this.#part(fields(each), `${place}.output[${index}]`));
    const isText = (part: Fields) => part.type === "text";
    const content = parts
      .filter(isText)
      .map((part) => text(part.text))
      .join("\n");
    this.#messages.push({ role: "tool", tool_call_id: text(call_id), content });
    this.#shown.push(...parts.filter((part) => !isText(part)));
  }

  #openTurn(): Turn {
    this.#turn ??= { content: "", thought: "", details: [], calls: [] };
    return this.#turn;
  }

  #endTurn(): void {
    const turn = this.#turn;
    if (turn === null) return;
    this.#turn = null;
    const { content, thought, details, calls } = turn;
    // A thought alone isn't a message.
    if (content === "" && calls.length === 0) return;
    const { reasoningIn } = this.#dialect;
    this.#messages.push(
      given({
        role: "assistant",
        content: content === "" && calls.length > 0 ? null : content,
        ...(reasoningIn !== null && thought !== "" && { [reasoningIn]: thought }),
        reasoning_details: details.length > 0 ? details : undefined,
        tool_calls: calls.length > 0 ? withStates(calls, this.#states, this.#dialect) : undefined,
      }),
    );
  }

  #endResults(): void {
    if (this.#shown.length > 0) this.#messages.push({ role: "user", content: this.#shown });
    this.#shown = [];
  }
}

/** A single text needs no list, which not every service accepts. */
function shortest(parts: readonly Fields[]): unknown {
  const [only] = parts;
  return parts.length === 1 && only?.type === "text" ? only.text : parts;
}

function tools(request: Fields, names: ToolNames, losses: Losses): Fields {
  const offered = list(request.tools).map(fields);
  const own = offered.flatMap((tool, index) => ownTools(tool, `tools[${index}]`, names, losses));
  for (const [index, { type }] of offered.entries()) {
    if (OWN_TYPES.has(text(type))) continue;
    if (own.length === 0 || fields(request.tool_choice).type === type) {
      losses.refuse(
        `tools[${index}].type`,
        `${text(type)} runs at OpenAI, or is known to its models only`,
      );
    }
    losses.drop(`tools[type=${text(type)}]`);
  }
  if (own.length === 0) return {};
  const { kept, choice } = chosen(request.tool_choice, own, names);
  return given({
    tools: kept,
    tool_choice: choice,
    parallel_tool_calls: request.parallel_tool_calls === false ? false : undefined,
  });
}

const OWN_TYPES: ReadonlySet<string> = new Set(["function", "custom", "namespace"]);

function ownTools(tool: Fields, place: string, names: ToolNames, losses: Losses): Fields[] {
  const { type, name, description } = tool;
  if (type === "function") {
    losses.dropUnknown(tool, KNOWN_IN_TOOL, "tools[].");
    return [functionTool(tool, names.offer(text(name), "function"))];
  }
  if (type === "namespace") {
    return list(tool.tools).map((each) => {
      const inner = fields(each);
      if (inner.type !== "function") losses.refuse(`${place}.tools`, "only functions can be here");
      return functionTool(inner, names.offer(text(inner.name), "function", text(name)));
    });
  }
  if (type !== "custom") return [];
  const { format } = tool;
  const grammar = fields(format);
  if (isGiven(format) && grammar.type !== "text") losses.drop("tools[].format");
  // The grammar is no longer enforced; the model can read it.
  const offered = names.offer(text(name), "custom");
  const rules = text(grammar.definition);
  return [{ type: "function", function: plainFunction(offered, description, rules) }];
}

function functionTool({ description, parameters, strict }: Fields, name: string): Fields {
  return {
    type: "function",
    function: given({
      name,
      description: description ?? undefined,
      parameters: parameters ?? undefined,
      // False is the default of chat completions.
      strict: strict === true ? true : undefined,
    }),
  };
}

function chosen(choice: unknown, own: readonly Fields[], names: ToolNames) {
  if (typeof choice === "string") return { kept: own, choice };
  const { type, name, mode, tools: allowed } = fields(choice);
  if (type === "function" || type === "custom") {
    return {
      kept: own,
      choice: { type: "function", function: { name: names.nameOf(text(name)) } },
    };
  }
  if (type !== "allowed_tools") return { kept: own, choice: undefined };
  const some = new Set(list(allowed).map((each) => names.nameOf(text(fields(each).name))));
  const kept = own.filter((tool) => some.has(text(fields(tool.function).name)));
  return { kept: kept.length > 0 ? kept : own, choice: text(mode) || "auto" };
}

const EFFORTS: Readonly<Record<string, Effort>> = {
  none: "none",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

function effort(
  { effort: wanted }: Fields,
  model: string,
  dialect: ChatDialect,
  losses: Losses,
): Fields {
  const known = named(EFFORTS, text(wanted));
  if (known === undefined) return {};
  const said = dialect.effort(known, model);
  if (said === null && known !== "none") losses.drop("reasoning.effort");
  return said ?? {};
}

function format({ format: asked, verbosity }: Fields, losses: Losses): Fields {
  if (isGiven(verbosity) && verbosity !== "medium") losses.drop("text.verbosity");
  const { type, name, schema, strict, description } = fields(asked);
  if (type === "json_object") return { response_format: { type } };
  if (type !== "json_schema") return {};
  return {
    response_format: {
      type,
      json_schema: given({
        name,
        schema,
        strict: strict ?? undefined,
        description: description ?? undefined,
      }),
    },
  };
}

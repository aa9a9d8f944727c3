/**
 * LiteLLM's `config.yaml`: the keys of `model_list` and `credential_list`. Several entries may have one key; each then
 * adds its model. A value `os.environ/NAME` is looked up in the file's own `environment_variables`. Facts are from
 * docs.litellm.ai, "Config.yaml" and "Adding LLM Credentials".
 * @module
 */
import { parseDocument } from "yaml";
import { fieldsOf, PLAIN_KEY, remarkOf, type Source, type SourceKey, textOf } from "./source-key";

export function isLitellm(text: string): boolean {
  return /^(?:model_list|credential_list)\s*:/m.test(text);
}

/** LiteLLM's names for providers, if One Balance has others. */
const NAMES: Readonly<Record<string, string>> = {
  azure: "azure-openai",
  azure_text: "azure-openai",
  bedrock: "aws-bedrock",
  bedrock_converse: "aws-bedrock",
  cloudflare: "workers-ai",
  cohere_chat: "cohere",
  fal_ai: "fal",
  fireworks_ai: "fireworks",
  gemini: "google-ai-studio",
  perplexity: "perplexity-ai",
  text_completion_openai: "openai",
  vertex_ai: "google-vertex-ai",
  vertex_ai_beta: "google-vertex-ai",
  xai: "grok",
};

export function readLitellm(text: string): Source {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const position = error.linePos?.[0].line ?? 1;
    return {
      form: "litellm",
      keys: [],
      unusable: [{ position, problem: "malformed" }],
      skipped: 0,
    };
  }
  const config = plainOf(document);
  if (config === undefined) {
    return {
      form: "litellm",
      keys: [],
      unusable: [{ position: 1, problem: "malformed" }],
      skipped: 0,
    };
  }
  const variables = fieldsOf(config.environment_variables);
  const resolve = (value: unknown) => {
    const name = /^os\.environ\/(.+)$/.exec(textOf(value))?.[1];
    return name === undefined ? textOf(value) : textOf(variables[name]);
  };
  const credentials = new Map(
    listOf(config.credential_list).map((each) => [
      textOf(each.credential_name),
      fieldsOf(each.credential_values),
    ]),
  );
  const keys: SourceKey[] = [];
  const unusable: Source["unusable"][number][] = [];
  let skipped = 0;
  for (const [index, entry] of listOf(config.model_list).entries()) {
    const position = index + 1;
    const own = fieldsOf(entry.litellm_params);
    const shared = credentials.get(textOf(own.litellm_credential_name));
    const parameters = { ...shared, ...own };
    if (parameters.aws_access_key_id !== undefined) unusable.push({ position, problem: "pair" });
    const given = parameters.api_key ?? parameters.vertex_credentials;
    const key = typeof given === "object" ? JSON.stringify(given) : resolve(given);
    if (given === undefined || given === null) skipped += 1;
    else if (key === "") unusable.push({ position, problem: "elsewhere" });
    else keys.push(keyOf(key, position, entry, parameters, resolve));
  }
  return { form: "litellm", keys, unusable, skipped };
}

/** Undefined for a file whose aliases expand to far more than it contains. */
function plainOf(document: ReturnType<typeof parseDocument>): Fields | undefined {
  try {
    return fieldsOf(document.toJS());
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function keyOf(
  text: string,
  position: number,
  entry: Fields,
  parameters: Fields,
  resolve: (value: unknown) => string,
): SourceKey {
  const model = textOf(parameters.model);
  const slash = model.indexOf("/");
  const named =
    textOf(parameters.custom_llm_provider) || (slash === -1 ? "" : model.slice(0, slash));
  const name = slash === -1 ? model : model.slice(slash + 1);
  const remark = remarkOf(parameters.litellm_credential_name, fieldsOf(entry.model_info).id);
  const quotaDomain =
    resolve(parameters.organization) || resolve(parameters.vertex_project) || undefined;
  const weight = Number(parameters.weight);
  return {
    ...PLAIN_KEY,
    text,
    position,
    service: named === "" ? null : (NAMES[named] ?? named.replaceAll("_", "-")),
    baseUrl: resolve(parameters.api_base ?? parameters.base_url) || null,
    settings: {
      ...(remark !== undefined && { remark }),
      ...(quotaDomain !== undefined && { quotaDomain }),
      ...(weight >= 1 && weight <= 100 && Number.isInteger(weight) && { weight }),
      // `openai/*` stands for every model.
      ...(name !== "" && name !== "*" && { models: [name] }),
    },
  };
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/**
 * How to use an access token in clients: code to paste, or settings to enter. Runs in the browser.
 *
 * Sources: the SDKs' own pages; docs.claude.com, "LLM gateway configuration" (Claude Code);
 * developers.openai.com/codex, "Advanced configuration"; Gemini CLI's "Authentication"; opencode.ai, "Providers";
 * docs.cherry-ai.com, "Model providers"; librechat.ai, "Custom endpoints"; docs.openwebui.com, "OpenAI-compatible";
 * docs.cursor.com, "API keys"; docs.langchain.com, "ChatOpenAI"; ai-sdk.dev, "OpenAI-compatible providers"; pypi.org,
 * `llama-index-llms-openai-like`.
 * @module
 */
import {
  claudeCodeVariables,
  codexConfig,
  codexToml,
  geminiCliVariables,
  opencodeConfig,
  type Variables,
} from "./client-config";
import { exampleModel, type ModelScope } from "./example-model";
import { jsonInShell, quoted } from "./quoted";

export interface SnippetInput extends ModelScope {
  /** The portal's, without a trailing slash. */
  readonly origin: string;
  readonly token: string;
}

export type ClientId =
  | "curl"
  | "openai-python"
  | "openai-js"
  | "anthropic-python"
  | "anthropic-js"
  | "google-python"
  | "google-js"
  | "claude-code"
  | "codex"
  | "gemini-cli"
  | "opencode"
  | "cherry-studio"
  | "librechat"
  | "open-webui"
  | "cursor"
  | "langchain-python"
  | "langchain-js"
  | "vercel-ai-sdk"
  | "llamaindex";

/** The fields of a client's settings page. */
export type SettingName = "type" | "baseUrl" | "key" | "model";

export type Snippet = {
  readonly client: ClientId;
  /** A name, the same in every language. */
  readonly label: string;
} & (
  | { readonly kind: "code"; readonly language: string; readonly code: string }
  | {
      readonly kind: "settings";
      readonly settings: readonly { readonly name: SettingName; readonly value: string }[];
    }
);

/** The clients that can be used within a token's scopes, best known first. */
export function clientSnippets(input: SnippetInput): readonly Snippet[] {
  const compat = exampleModel(input, "compat");
  const anthropic = exampleModel(input, "anthropic");
  const google = exampleModel(input, "google-ai-studio");
  return [
    ...(compat === null ? [] : [curl(input, compat), ...openAi(input, compat)]),
    ...(anthropic === null ? [] : anthropicSdks(input, anthropic)),
    ...(google === null ? [] : googleSdks(input, google)),
    ...(anthropic === null ? [] : [claudeCode(input)]),
    ...(compat === null ? [] : [codex(input, compat)]),
    ...(google === null ? [] : [geminiCli(input)]),
    ...(compat === null ? [] : [opencode(input, compat)]),
    ...(compat === null ? [] : ofOpenAiForm(input, compat)),
  ];
}

function ofOpenAiForm(input: SnippetInput, model: string): readonly Snippet[] {
  return [
    cherryStudio(input, model),
    libreChat(input, model),
    openWebUi(input, model),
    cursor(input, model),
    ...langChain(input, model),
    vercelAiSdk(input, model),
    llamaIndex(input, model),
  ];
}

/** A call in OpenAI's format as curl. `token` goes into double quotes: text, or `$NAME`. */
export function curlChat(origin: string, token: string, body: object): string {
  return `curl ${origin}/api/compat/chat/completions \\
  -H "Authorization: Bearer ${token}" \\
  -H "Content-Type: application/json" \\
  -d ${jsonInShell(body)}`;
}

function curl({ origin, token }: SnippetInput, model: string): Snippet {
  const code = curlChat(origin, token, { model, messages: [{ role: "user", content: "Hello" }] });
  return { client: "curl", label: "curl", kind: "code", language: "bash", code };
}

function openAi({ origin, token }: SnippetInput, model: string): readonly Snippet[] {
  const baseUrl = quoted(`${origin}/api/compat`);
  return [
    {
      client: "openai-python",
      label: "OpenAI Python",
      kind: "code",
      language: "python",
      code: `from openai import OpenAI

client = OpenAI(
    base_url=${baseUrl},
    api_key=${quoted(token)},
)
completion = client.chat.completions.create(
    model=${quoted(model)},
    messages=[{"role": "user", "content": "Hello"}],
)
print(completion.choices[0].message.content)`,
    },
    {
      client: "openai-js",
      label: "OpenAI JS",
      kind: "code",
      language: "js",
      code: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: ${baseUrl},
  apiKey: ${quoted(token)},
});
const completion = await client.chat.completions.create({
  model: ${quoted(model)},
  messages: [{ role: "user", content: "Hello" }],
});
console.log(completion.choices[0].message.content);`,
    },
  ];
}

function anthropicSdks({ origin, token }: SnippetInput, model: string): readonly Snippet[] {
  const baseUrl = quoted(`${origin}/api/anthropic`);
  return [
    {
      client: "anthropic-python",
      label: "Anthropic Python",
      kind: "code",
      language: "python",
      code: `from anthropic import Anthropic

client = Anthropic(
    base_url=${baseUrl},
    api_key=${quoted(token)},
)
message = client.messages.create(
    model=${quoted(model)},
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)
print(message.content[0].text)`,
    },
    {
      client: "anthropic-js",
      label: "Anthropic JS",
      kind: "code",
      language: "js",
      code: `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({
  baseURL: ${baseUrl},
  apiKey: ${quoted(token)},
});
const message = await client.messages.create({
  model: ${quoted(model)},
  max_tokens: 1024,
  messages: [{ role: "user", content: "Hello" }],
});
console.log(message.content[0].text);`,
    },
  ];
}

function googleSdks({ origin, token }: SnippetInput, model: string): readonly Snippet[] {
  const baseUrl = quoted(`${origin}/api/google-ai-studio`);
  return [
    {
      client: "google-python",
      label: "Google Python",
      kind: "code",
      language: "python",
      code: `from google import genai

client = genai.Client(
    api_key=${quoted(token)},
    http_options={"base_url": ${baseUrl}},
)
response = client.models.generate_content(
    model=${quoted(model)},
    contents="Hello",
)
print(response.text)`,
    },
    {
      client: "google-js",
      label: "Google JS",
      kind: "code",
      language: "js",
      code: `import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  apiKey: ${quoted(token)},
  httpOptions: { baseUrl: ${baseUrl} },
});
const response = await client.models.generateContent({
  model: ${quoted(model)},
  contents: "Hello",
});
console.log(response.text);`,
    },
  ];
}

function claudeCode(input: SnippetInput): Snippet {
  const code = `${exported(claudeCodeVariables(input, null))}\nclaude`;
  return { client: "claude-code", label: "Claude Code", kind: "code", language: "bash", code };
}

function exported(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}="${value}"`)
    .join("\n");
}

function codex(input: SnippetInput, model: string): Snippet {
  const { top, table } = codexToml(codexConfig(input, model));
  const code = `# ~/.codex/config.toml\n${top}\n\n${table}`;
  return { client: "codex", label: "Codex", kind: "code", language: "toml", code };
}

function geminiCli(input: SnippetInput): Snippet {
  const code = `${exported(geminiCliVariables(input, null))}\ngemini`;
  return { client: "gemini-cli", label: "Gemini CLI", kind: "code", language: "bash", code };
}

function opencode(input: SnippetInput, model: string): Snippet {
  const code = JSON.stringify(opencodeConfig(input, [model]), null, 2);
  return { client: "opencode", label: "opencode", kind: "code", language: "json", code };
}

function cursor({ origin, token }: SnippetInput, model: string): Snippet {
  return {
    client: "cursor",
    label: "Cursor",
    kind: "settings",
    settings: [
      { name: "key", value: token },
      { name: "baseUrl", value: `${origin}/api/compat` },
      { name: "model", value: model },
    ],
  };
}

function openWebUi({ origin, token }: SnippetInput, model: string): Snippet {
  return {
    client: "open-webui",
    label: "Open WebUI",
    kind: "settings",
    settings: [
      { name: "baseUrl", value: `${origin}/api/compat` },
      { name: "key", value: token },
      { name: "model", value: model },
    ],
  };
}

function langChain({ origin, token }: SnippetInput, model: string): readonly Snippet[] {
  return [
    {
      client: "langchain-python",
      label: "LangChain Python",
      kind: "code",
      language: "python",
      code: `from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url=${quoted(`${origin}/api/compat`)},
    api_key=${quoted(token)},
    model=${quoted(model)},
    stream_usage=True,
)
print(model.invoke("Hello").content)`,
    },
    {
      client: "langchain-js",
      label: "LangChain JS",
      kind: "code",
      language: "js",
      code: `import { ChatOpenAI } from "@langchain/openai";

const model = new ChatOpenAI({
  configuration: { baseURL: ${quoted(`${origin}/api/compat`)} },
  apiKey: ${quoted(token)},
  model: ${quoted(model)},
});
const answer = await model.invoke("Hello");
console.log(answer.content);`,
    },
  ];
}

function vercelAiSdk({ origin, token }: SnippetInput, model: string): Snippet {
  return {
    client: "vercel-ai-sdk",
    label: "Vercel AI SDK",
    kind: "code",
    language: "js",
    code: `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText } from "ai";

const pool = createOpenAICompatible({
  name: "one-balance",
  baseURL: ${quoted(`${origin}/api/compat`)},
  apiKey: ${quoted(token)},
  includeUsage: true,
});
const { text } = await generateText({
  model: pool(${quoted(model)}),
  prompt: "Hello",
});
console.log(text);`,
  };
}

function llamaIndex({ origin, token }: SnippetInput, model: string): Snippet {
  return {
    client: "llamaindex",
    label: "LlamaIndex",
    kind: "code",
    language: "python",
    code: `from llama_index.llms.openai_like import OpenAILike

llm = OpenAILike(
    api_base=${quoted(`${origin}/api/compat`)},
    api_key=${quoted(token)},
    model=${quoted(model)},
    is_chat_model=True,
    is_function_calling_model=True,
    context_window=128_000,
)
print(llm.complete("Hello"))`,
  };
}

function cherryStudio({ origin, token }: SnippetInput, model: string): Snippet {
  return {
    client: "cherry-studio",
    label: "Cherry Studio",
    kind: "settings",
    settings: [
      { name: "type", value: "OpenAI Compatible" },
      { name: "baseUrl", value: `${origin}/api/compat` },
      { name: "key", value: token },
      { name: "model", value: model },
    ],
  };
}

function libreChat({ origin, token }: SnippetInput, model: string): Snippet {
  return {
    client: "librechat",
    label: "LibreChat",
    kind: "code",
    language: "yaml",
    code: `endpoints:
  custom:
    - name: "One Balance"
      apiKey: ${quoted(token)}
      baseURL: ${quoted(`${origin}/api/compat`)}
      models:
        default: [${quoted(model)}]
        fetch: true
      titleConvo: true
      titleModel: "current_model"`,
  };
}

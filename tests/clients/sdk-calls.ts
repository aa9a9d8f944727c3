/**
 * One call by each SDK with each base URL that people use. Run in the folder where the SDKs are installed: `node
 * sdk-calls.ts <origin> <token>`; prints one JSON line for each call.
 * @module
 */
const [, , origin = "", token = ""] = process.argv;

/** A call's result; anything else is an error. */
type Ask = (baseUrl: string) => Promise<unknown>;

interface Sdk {
  readonly name: string;
  /** After the origin. */
  readonly bases: readonly string[];
  readonly ask: Ask;
}

/** Not in this repository, so their types aren't known here. */
const load = (name: string) => import(name);

const PROMPT = "Say hello.";
const messages = [{ role: "user", content: PROMPT }];
const ROOT = ["", "/", "/v1", "/v1/", "/api/compat", "/api/compat/v1"];
const at = (folder: string, ...versions: readonly string[]) =>
  ["", "/", ...versions.flatMap((version) => [`/${version}`, `/${version}/`])].map(
    (end) => `/api/${folder}${end}`,
  );

const aiSdk =
  (pkg: string, create: string, model: string, wrap: (baseURL: string) => object): Ask =>
  async (baseURL) => {
    const [{ generateText }, provider] = await Promise.all([load("ai"), load(pkg)]);
    const made = provider[create]({ apiKey: token, ...wrap(baseURL) });
    return (await generateText({ model: made(model), prompt: PROMPT, maxRetries: 0 })).text;
  };
const withBase = (baseURL: string) => ({ baseURL });

const SDKS: readonly Sdk[] = [
  {
    name: "openai",
    bases: [...ROOT, ...at("openai", "v1")],
    async ask(baseURL) {
      const { default: OpenAI } = await load("openai");
      const client = new OpenAI({ baseURL, apiKey: token, maxRetries: 0 });
      const model = baseURL.includes("/api/openai") ? "gpt-5-mini" : "openai/gpt-5-mini";
      const { output_text } = await client.responses.create({ model, input: PROMPT });
      const { choices } = await client.chat.completions.create({ model, messages });
      return output_text && choices[0].message.content;
    },
  },
  {
    name: "@anthropic-ai/sdk",
    bases: [...ROOT, ...at("anthropic", "v1")],
    async ask(baseURL) {
      const { default: Anthropic } = await load("@anthropic-ai/sdk");
      const client = new Anthropic({ baseURL, apiKey: token, maxRetries: 0 });
      const named = baseURL.includes("/api/anthropic") ? "" : "anthropic/";
      const model = `${named}claude-haiku-4-5`;
      return (await client.messages.create({ model, max_tokens: 99, messages })).content[0].text;
    },
  },
  {
    name: "@google/genai",
    bases: ["", "/", "/v1beta", ...at("google-ai-studio", "v1beta"), ...at("gemini", "v1beta")],
    async ask(baseUrl) {
      const { GoogleGenAI } = await load("@google/genai");
      const client = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl } });
      const asked = { model: "gemini-2.5-flash", contents: PROMPT };
      return (await client.models.generateContent(asked)).text;
    },
  },
  {
    name: "groq-sdk",
    bases: ["/api/groq", "/api/groq/"],
    async ask(baseURL) {
      const { default: Groq } = await load("groq-sdk");
      const client = new Groq({ baseURL, apiKey: token, maxRetries: 0 });
      const model = "llama-3.1-8b-instant";
      return (await client.chat.completions.create({ model, messages })).choices[0].message.content;
    },
  },
  {
    name: "@mistralai/mistralai",
    bases: at("mistral", "v1"),
    async ask(serverURL) {
      const { Mistral } = await load("@mistralai/mistralai");
      const client = new Mistral({ serverURL, apiKey: token });
      const asked = { model: "mistral-small-latest", messages };
      return (await client.chat.complete(asked)).choices[0].message.content;
    },
  },
  {
    name: "cohere-ai",
    bases: at("cohere", "v2"),
    async ask(environment) {
      const { CohereClientV2 } = await load("cohere-ai");
      const client = new CohereClientV2({ token, environment, maxRetries: 0 });
      return (await client.chat({ model: "command-r-08-2024", messages })).message.content[0].text;
    },
  },
  {
    name: "AI SDK, openai-compatible",
    bases: ROOT,
    ask: aiSdk(
      "@ai-sdk/openai-compatible",
      "createOpenAICompatible",
      "anthropic/claude-haiku-4-5",
      (baseURL) => ({ baseURL, name: "pool" }),
    ),
  },
  {
    name: "AI SDK, openai",
    bases: at("openai", "v1"),
    ask: aiSdk("@ai-sdk/openai", "createOpenAI", "gpt-5-mini", withBase),
  },
  {
    name: "AI SDK, anthropic",
    bases: at("anthropic", "v1"),
    ask: aiSdk("@ai-sdk/anthropic", "createAnthropic", "claude-haiku-4-5", withBase),
  },
  {
    name: "AI SDK, google",
    bases: at("google-ai-studio", "v1beta"),
    ask: aiSdk("@ai-sdk/google", "createGoogleGenerativeAI", "gemini-2.5-flash", withBase),
  },
  {
    name: "AI SDK, groq",
    bases: at("groq", "openai/v1", "v1"),
    ask: aiSdk("@ai-sdk/groq", "createGroq", "llama-3.1-8b-instant", withBase),
  },
  {
    name: "AI SDK, mistral",
    bases: at("mistral", "v1"),
    ask: aiSdk("@ai-sdk/mistral", "createMistral", "mistral-small-latest", withBase),
  },
  {
    name: "AI SDK, cohere",
    bases: at("cohere", "v2"),
    ask: aiSdk("@ai-sdk/cohere", "createCohere", "command-r-08-2024", withBase),
  },
  {
    name: "LangChain, openai",
    bases: [...ROOT, ...at("openai", "v1")],
    async ask(baseURL) {
      const { ChatOpenAI } = await load("@langchain/openai");
      const model = baseURL.includes("/api/openai") ? "gpt-5-mini" : "groq/llama-3.1-8b-instant";
      const configuration = { baseURL };
      const chat = new ChatOpenAI({ configuration, apiKey: token, model, maxRetries: 0 });
      return (await chat.invoke(PROMPT)).content;
    },
  },
  {
    name: "LangChain, anthropic",
    bases: at("anthropic", "v1"),
    async ask(anthropicApiUrl) {
      const { ChatAnthropic } = await load("@langchain/anthropic");
      const model = "claude-haiku-4-5";
      const chat = new ChatAnthropic({ anthropicApiUrl, apiKey: token, model, maxRetries: 0 });
      return (await chat.invoke(PROMPT)).content;
    },
  },
  {
    name: "LangChain, google-genai",
    bases: at("google-ai-studio", "v1beta"),
    async ask(baseUrl) {
      const { ChatGoogleGenerativeAI } = await load("@langchain/google-genai");
      const model = "gemini-2.5-flash";
      const chat = new ChatGoogleGenerativeAI({ baseUrl, apiKey: token, model, maxRetries: 0 });
      return (await chat.invoke(PROMPT)).content;
    },
  },
];

for (const { name, bases, ask } of SDKS) {
  for (const base of bases) {
    let problem: string | null = null;
    try {
      const said = await ask(origin + base);
      if (typeof said !== "string" || !said.includes("hello")) problem = `said ${String(said)}`;
    } catch (error) {
      problem = error instanceof Error ? error.message.slice(0, 200) : String(error);
    }
    console.log(JSON.stringify({ name, base, problem }));
  }
}
// Some keep connections open.
process.exit(0);

export {};

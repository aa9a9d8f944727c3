import { describe, expect, test } from "vitest";
import { clientSnippets, type Snippet, type SnippetInput } from "./client-snippets";

const ORIGIN = "https://pool.example.test";
const TOKEN = "ob-fake-token";

const snippets = (scope: Partial<SnippetInput> = {}) =>
  clientSnippets({ origin: ORIGIN, token: TOKEN, providers: null, models: null, ...scope });

const clients = (scope?: Partial<SnippetInput>) => snippets(scope).map(({ client }) => client);

const text = (snippet: Snippet | undefined) =>
  snippet?.kind === "settings"
    ? snippet.settings.map(({ value }) => value).join("\n")
    : (snippet?.code ?? "");

const OF_COMPAT = [
  ...["open-webui", "cursor", "langchain-python", "langchain-js", "vercel-ai-sdk", "llamaindex"],
  ...["curl", "openai-python", "openai-js", "codex", "opencode", "cherry-studio", "librechat"],
];
const OF_GOOGLE = ["google-python", "google-js", "gemini-cli"];
const OF_ANTHROPIC = ["anthropic-python", "anthropic-js", "claude-code"];

describe("clientSnippets", () => {
  test("every client has the address and the token", () => {
    const all = snippets();
    expect(all.map(({ client }) => client).toSorted()).toEqual(
      [...OF_COMPAT, ...OF_ANTHROPIC, ...OF_GOOGLE].toSorted(),
    );
    for (const snippet of all) {
      expect(text(snippet)).toMatch(new RegExp(`${ORIGIN}/(?:api/|v1\\b)`));
      expect(text(snippet)).toContain(TOKEN);
    }
  });

  test("only clients that the scopes let through", () => {
    expect(clients({ providers: ["anthropic"] }).toSorted()).toEqual(
      [...OF_COMPAT, ...OF_ANTHROPIC].toSorted(),
    );
    expect(clients({ providers: ["groq"] }).toSorted()).toEqual(OF_COMPAT.toSorted());
    expect(clients({ providers: ["elevenlabs"] })).toEqual([]);
  });

  test("the model is one the token may use", () => {
    const curl = (scope: Partial<SnippetInput>) => text(snippets(scope)[0]);
    expect(curl({ providers: ["groq"] })).toContain('"groq/llama-3.1-8b-instant"');
    expect(curl({ providers: ["openai"], models: ["gpt-4o"] })).toContain('"openai/gpt-4o"');
    expect(curl({ providers: ["openai", "deepseek"], models: ["deepseek-*"] })).toContain(
      '"deepseek/deepseek-chat"',
    );
    expect(curl({ providers: ["openai"], models: ["o9-*"] })).toContain('"openai/MODEL"');
  });

  test("names with quotes stay inside their literals", () => {
    const scope = { providers: ["openai"], models: [`it's "x"`] };
    const [curl, python] = snippets(scope);
    expect(text(curl)).toContain(String.raw`"model": "openai/it'\''s \"x\""`);
    expect(text(python)).toContain(String.raw`model="openai/it's \"x\"",`);
  });
});

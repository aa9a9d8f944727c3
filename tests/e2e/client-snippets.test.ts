/**
 * What the portal tells people to paste, run as it is against the built Worker. The snippets for Python, and for
 * desktop apps, contain the same addresses.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import OpenAI from "openai";
import { parse } from "smol-toml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientSnippets, type Snippet } from "../../lib/snippets/client-snippets.ts";
import { root } from "../../scripts/root.ts";
import { type Stack, sharedStack } from "./harness.ts";

const run = promisify(execFile);

let stack: Stack;
/** Inside the repository, so that packages resolve. */
let scriptDir = "";
let snippets: readonly Snippet[] = [];

beforeAll(async () => {
  stack = await sharedStack({ unknownKey: () => ({ kind: "ok" }) });
  for (const provider of ["openai", "anthropic", "google-ai-studio"]) {
    await stack.admin.addKeys(provider, [`fake-${provider}-key`]);
  }
  const { token } = await stack.admin.createToken({ name: "snippets" });
  snippets = clientSnippets({ origin: stack.url, token, providers: null, models: null });
  scriptDir = await mkdtemp(join(root, "dist/snippets-"));
});
afterAll(async () => {
  await stack?.close();
  await rm(scriptDir, { recursive: true, force: true });
});

function codeOf(client: Snippet["client"]): string {
  const snippet = snippets.find((each) => each.client === client);
  if (snippet?.kind !== "code") throw new Error(`${client} has no code`);
  return snippet.code;
}

test("curl is answered", async () => {
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", codeOf("curl")]);
  expect(JSON.parse(stdout).choices[0].message.content).toBe("You said: Hello");
});

test.each(["openai-js", "anthropic-js", "google-js"] as const)("%s is answered", async (client) => {
  const file = join(scriptDir, `${client}.mjs`);
  await writeFile(file, codeOf(client));
  expect((await run(process.execPath, [file])).stdout).toBe("You said: Hello\n");
});

test("the configurations of Codex, opencode and Gemini CLI lead to answers", async () => {
  const config = parse(codeOf("codex"));
  const { base_url, experimental_bearer_token: apiKey } = (
    config.model_providers as Record<string, Record<string, string>>
  )["one-balance"] as Record<string, string>;
  const codex = new OpenAI({ baseURL: base_url as string, apiKey: apiKey as string });
  const asked = { model: String(config.model), input: "Hello" };
  expect((await codex.responses.create(asked)).output_text).toBe("You said: Hello");

  const { model, provider } = JSON.parse(codeOf("opencode"));
  const opencode = new OpenAI(provider["one-balance"].options);
  const completion = await opencode.chat.completions.create({
    model: String(model).slice("one-balance/".length),
    messages: [{ role: "user", content: "Hello" }],
  });
  expect(completion.choices[0]?.message.content).toBe("You said: Hello");

  const script = `${codeOf("gemini-cli").replace(/^gemini$/m, "")}
curl -s "$GOOGLE_GEMINI_BASE_URL/v1beta/models/gemini-2.5-flash:generateContent" \
  -H "x-goog-api-key: $GEMINI_API_KEY" -H "content-type: application/json" \
  -d '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'`;
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", script]);
  expect(stdout).toContain("You said: Hello");
});

test("the addresses that settings pages ask for have a model list and answer below /v1", async () => {
  const snippet = snippets.find(({ client }) => client === "cherry-studio");
  if (snippet?.kind !== "settings") throw new Error("Cherry Studio has settings");
  const { baseUrl, key, model } = Object.fromEntries(
    snippet.settings.map(({ name, value }) => [name, value]),
  );
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const list = await fetch(`${baseUrl}/v1/models`, { headers });
  expect(JSON.parse(await list.text()).data.length).toBeGreaterThan(0);
  const answer = await fetch(`${baseUrl}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
  expect(JSON.parse(await answer.text()).choices[0].message.content).toBe("You said: Hello");
});

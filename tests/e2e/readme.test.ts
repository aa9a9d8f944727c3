/**
 * The README's snippets, run in its order as a reader would: only address, tokens and keys are filled in.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { readDocument, snippet, snippets } from "../docs/markdown.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

const ADDRESS = "http://127.0.0.1:8787";
const readme = readDocument("README.md");

/** What the reader puts in the place of the README's words. */
const KEYS = {
  YOUR_OPENAI_KEY: "sk-fake-readme-openai",
  YOUR_ANTHROPIC_KEY: "sk-ant-fake-readme-1",
  ANOTHER_ANTHROPIC_KEY: "sk-ant-fake-readme-2",
};
const GOOGLE_KEY = "AIza-fake-readme";

const run = promisify(execFile);

let stack: Stack;
/** Inside the repository, so that packages resolve. */
let scriptDir = "";
let accessToken = "";

beforeAll(async () => {
  const known = [...Object.values(KEYS), GOOGLE_KEY].map((key) => [key, { kind: "ok" }] as const);
  stack = await startStack({ upstream: { keys: Object.fromEntries(known) } });
  scriptDir = await mkdtemp(join(root, "dist/readme-"));
});
afterAll(async () => {
  await stack?.close();
  await rm(scriptDir, { recursive: true, force: true });
});

const executed = new Set<string>();

/** Runs the snippet with this name; returns what it prints. */
async function runSnippet(name: string): Promise<string> {
  const note = `run: ${name}`;
  executed.add(note);
  let code = snippet(readme, note).replaceAll(ADDRESS, stack.url);
  for (const [placeholder, key] of Object.entries(KEYS)) code = code.replaceAll(placeholder, key);
  const env = { ...process.env, ADMIN_TOKEN, ACCESS_TOKEN: accessToken };
  const isShell = snippets(readme).find((each) => each.note === note)?.language === "bash";
  if (isShell) return (await run("bash", ["-euo", "pipefail", "-c", code], { env })).stdout;
  const file = join(scriptDir, `${name}.mjs`);
  await writeFile(file, code);
  return (await run(process.execPath, [file], { env })).stdout;
}

describe("five-minute start", () => {
  test("npm start prints what the README shows", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "one-balance-readme-"));
    const child = spawn("npm", ["start"], {
      cwd: root,
      env: { ...process.env, AUTH_KEY: "", PORT: "0", DATA_DIR: dataDir },
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    const exit = once(child, "close");
    try {
      await expect.poll(() => output, { timeout: 20_000 }).toContain("Ctrl-C stops it.");
    } finally {
      child.kill("SIGTERM");
      await exit;
      await rm(dataDir, { recursive: true });
    }
    const printed = output
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, ADDRESS)
      .replaceAll(/\bob-[\w-]{43}/g, "ob-…")
      .replaceAll(/token=[\w-]{43}/g, "token=…");
    expect(printed).toContain(snippet(readme, "printed by: npm start"));
  });

  test("a key is added", async () => {
    const answer = await runSnippet("add-key");
    expect(answer).toBe('{"added":1,"duplicates":0,"rejected":[]}');
    expect(readme).toContain(`\`${answer}\``);
  });

  test("the first curl is answered", async () => {
    const { choices } = JSON.parse(await runSnippet("curl-chat"));
    expect(choices[0].message.content).toBe("You said: Hello");
  });

  test("an access token is made for an app", async () => {
    const answer = JSON.parse(await runSnippet("create-token"));
    expect(answer).toEqual({
      id: expect.stringMatching(/^at_/),
      token: expect.stringMatching(/^ob-/),
    });
    accessToken = answer.token;
  });
});

describe("calls", () => {
  test("keys with settings of their own are added", async () => {
    expect(JSON.parse(await runSnippet("add-keys-with-settings"))).toMatchObject({ added: 2 });
    const keys = await stack.admin.listKeys("provider=anthropic");
    expect(keys.map(({ remark, weight, priority }) => ({ remark, weight, priority }))).toEqual(
      expect.arrayContaining([
        { remark: "team a", weight: 3, priority: 0 },
        { remark: "reserve", weight: 1, priority: 1 },
      ]),
    );
    await stack.admin.addKeys("google-ai-studio", [GOOGLE_KEY]);
  });

  test.each(["sdk-openai", "sdk-anthropic", "sdk-google"])("%s is answered", async (name) => {
    expect(await runSnippet(name)).toBe("You said: Hello\n");
  });

  test("the OpenAI form reaches another provider", async () => {
    const { choices } = JSON.parse(await runSnippet("compat-chat"));
    expect(choices[0].message.content).toBe("You said: Hello");
    expect(stack.upstream.requests.at(-1)?.key).toBe(KEYS.YOUR_ANTHROPIC_KEY);
  });

  test("an alias is made, and leads to its first target", async () => {
    expect(await runSnippet("add-model-alias")).toBe("");
    const response = await fetch(`${stack.url}/api/compat/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(response.headers.get("x-one-balance-target")).toBe("openai/gpt-5-mini");
  });

  test("a provider of the team's own is added", async () => {
    expect(await runSnippet("add-custom-provider")).toBe("");
    expect(await stack.admin.call("GET", "custom-providers")).toMatchObject({
      items: [{ slug: "acme", baseUrl: "https://llm.acme.example.com/v1", keys: 0 }],
    });
  });

  test("the models of the pool are listed by their compat names", async () => {
    const { object, data } = JSON.parse(await runSnippet("compat-models"));
    expect(object).toBe("list");
    const ids: string[] = data.map(({ id }: { id: string }) => id);
    for (const provider of ["openai", "anthropic", "google-ai-studio"]) {
      expect(ids.some((id) => id.startsWith(`${provider}/`))).toBe(true);
    }
  });

  test("the keys that may serve a model are listed, masked", async () => {
    const answer = await runSnippet("list-keys");
    expect(JSON.parse(answer).items).toMatchObject([{ provider: "openai", status: "active" }]);
    expect(answer).not.toContain(KEYS.YOUR_OPENAI_KEY);
    expect(JSON.parse(await runSnippet("set-limits"))).toEqual({ previous: [] });
  });
});

test("every snippet was run, or says why not", () => {
  const runnable = snippets(readme).filter(({ language }) => /^(?:bash|js|ts)$/.test(language));
  const left = runnable.filter(({ note }) => !executed.has(note) && !note.startsWith("not run: "));
  expect(left).toEqual([]);
  expect(executed.size).toBe(snippets(readme).filter(({ note }) => /^run: /.test(note)).length);
});

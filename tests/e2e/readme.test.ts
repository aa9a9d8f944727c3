/**
 * The README's snippets, run in its order as a reader would: only address, tokens and keys are filled in.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { readDocument, snippet, snippets } from "../docs/markdown.ts";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";
import { SnippetRunner, WRITTEN_ADDRESS } from "./snippet-runner.ts";

const readme = readDocument("README.md");

const OPENAI_KEY = "sk-fake-readme-openai";
const ANTHROPIC_KEY = "sk-ant-fake-readme";

let stack: Stack;
let accessToken = "";
const runner = new SnippetRunner();

beforeAll(async () => {
  const keys = { [OPENAI_KEY]: { kind: "ok" }, [ANTHROPIC_KEY]: { kind: "ok" } } as const;
  stack = await sharedStack({ keys });
});
afterAll(async () => {
  await stack?.close();
  await runner.close();
});

/** Runs the snippet with this name; returns what it prints. */
function runSnippet(name: string): Promise<string> {
  return runner.run("README.md", name, {
    url: stack.url,
    filledIn: { YOUR_OPENAI_KEY: OPENAI_KEY },
    env: { ADMIN_TOKEN, ACCESS_TOKEN: accessToken },
  });
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
      await expect.poll(() => output, { timeout: 20_000 }).toContain("Press Ctrl-C to stop.");
    } finally {
      child.kill("SIGTERM");
      await exit;
      await rm(dataDir, { recursive: true });
    }
    const printed = output
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, WRITTEN_ADDRESS)
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
  test("the SDK is answered", async () => {
    expect(await runSnippet("sdk-openai")).toBe("You said: Hello\n");
  });

  test("the OpenAI form reaches another provider", async () => {
    await stack.admin.addKeys("anthropic", [ANTHROPIC_KEY]);
    const { choices } = JSON.parse(await runSnippet("compat-chat"));
    expect(choices[0].message.content).toBe("You said: Hello");
    expect(stack.upstream.requests.at(-1)?.key).toBe(ANTHROPIC_KEY);
  });
});

test("every snippet was run, or says why not", () => {
  const unmarked = snippets(readme).filter(
    ({ language, note }) => /^(?:bash|js|ts)$/.test(language) && !/^(?:not )?run: /.test(note),
  );
  expect(unmarked).toEqual([]);
  expect(runner.left(["README.md"])).toEqual([]);
});

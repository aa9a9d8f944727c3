/** The commands of docs/command-line.md, run as a reader would, and what programs rely on. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "smol-toml";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { root } from "../../scripts/root.ts";
import { readDocument, snippet, snippets } from "../docs/markdown.ts";
import { oneBalanceDump } from "../moving-in/one-balance-dump.ts";
import { oneBalance } from "./command-line.ts";
import { ADMIN_TOKEN, removeKeys, type Stack, sharedStack } from "./harness.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const KEY = "sk-proj-YOUR_KEY_0123456789";

const runFile = promisify(execFile);
const document = readDocument("docs/command-line.md");

let stack: Stack;
let folder = "";

const env = () => ({
  ONE_BALANCE_URL: stack.url,
  ONE_BALANCE_TOKEN: ADMIN_TOKEN,
  NO_COLOR: "1",
  HOME: folder,
});

beforeAll(async () => {
  stack = await sharedStack({ keys: { [KEY]: { kind: "ok" } } });
  folder = await mkdtemp(join(tmpdir(), "one-balance-cli-"));
  await writeFile(join(folder, "one-balance.sql"), oneBalanceDump(1_200, Date.now()).sql);
  await writeFile(
    join(folder, "config.yaml"),
    `model_list:
  - litellm_params: { model: openai/gpt-5, api_key: sk-fake-relay-00000001, api_base: "https://relay.example.com/v1" }`,
  );
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

const executed = new Set<string>();

/** Runs the block in a folder with the reader's files. @returns What it printed. */
async function run(name: string): Promise<string> {
  const note = `run: ${name}`;
  executed.add(note);
  const script = `"${process.execPath}" "${join(root, "scripts/one-balance.mjs")}"`;
  const code = snippet(document, note).replaceAll("npx one-balance", script);
  const { stdout, stderr } = await runFile("bash", ["-euo", "pipefail", "-c", code], {
    cwd: folder,
    env: { ...process.env, ...env() },
  });
  return `${stdout}${stderr}`;
}

describe("docs/command-line.md", () => {
  test("keys are added, listed, checked and exported", async () => {
    expect(await run("keys-add")).toBe("1 key added, 0 in the pool already\n");
    expect(await run("keys-list")).toMatch(/openai +sk-\S+6789 +ready .* team a\n1 key\n$/);
    expect(await run("keys-set")).toBe("1 key changed\n");
    expect(await run("keys-check")).toMatch(/openai +sk-\S+6789 +good/);
    expect(await run("keys-export")).toBe("1 key written to keys.csv\n");
    const csv = await readFile(join(folder, "keys.csv"), "utf8");
    expect(csv).toContain("team a");
    expect(csv).not.toContain(KEY);
  });

  test("the doctor examines", async () => {
    expect(await run("doctor")).toMatch(/✓ providers +OpenAI answers in \d+ ms/);
  });

  test("a difference is shown without a change, and a service named", async () => {
    expect(await run("import-dry-run")).toMatch(/Read as one-balance\nprovider .*groq +400 +40 /s);
    const output = await run("import-map");
    expect(output).toContain("1 key imported, 0 filled in");
    expect(await stack.admin.listKeys("provider=openai&model=gpt-5")).toHaveLength(2);
    expect(await stack.admin.listKeys("provider=groq")).toHaveLength(0);
  });

  test("a token is made and revoked", async () => {
    expect(await run("tokens-create")).toMatch(/^ob-[\w-]+\nCreated at_\w+\./);
    expect(await run("tokens-revoke")).toMatch(/^at_\w+ is revoked\n$/);
  });

  test("a group is added, given the keys of a provider, and a token", async () => {
    const output = await run("groups");
    expect(output).toMatch(/^gr_\w+\n\d+ keys? changed\n/);
    expect(output).toMatch(/gr_\w+ +search +0 +1 +\d+ +yes/);
    const common = ["keys", "set", "--provider", "openai", "--groups", "common"];
    expect((await oneBalance(common, env())).stdout).toMatch(/\d+ keys? changed/);
  });

  test("a tag gets a budget, and loses it", async () => {
    await stack.admin.call("PATCH", "settings", {
      ...{ section: "tags", changes: { rollUp: ["customer"] } },
    });
    const output = await run("tags");
    expect(output).toMatch(/^customer=acme has budgets\n/);
    expect(output).toMatch(/customer=acme +1000 +\$50\ncustomer=acme has no budgets\n1 budget\n$/);
  });

  test("its usage is shown", async () => {
    expect(await run("usage")).toMatch(/^model +requests +attempts .*\nall +0 /);
  });

  test("a program is set up, shown what would be written, and put back", async () => {
    const config = join(folder, ".codex/config.toml");
    expect(await run("setup")).toMatch(
      /config\.toml is written; .*\nCodex asks http\S+ for openai\/gpt-\S+\. Start it: codex\n$/,
    );
    const written = parse(await readFile(config, "utf8"));
    expect(written).toMatchObject({ model_provider: "one-balance" });
    expect(await run("setup")).toContain("config.toml is as it should be");
    expect(parse(await readFile(config, "utf8"))).toEqual(written);
    const tokens = await oneBalance(["tokens", "list", "--json"], env());
    const made = JSON.parse(tokens.stdout).filter(({ name }: { name: string }) =>
      name.startsWith("Codex on "),
    );
    expect(made).toHaveLength(1);
    expect(await run("setup-print")).toContain('"ANTHROPIC_AUTH_TOKEN": "YOUR_TOKEN"');
    await expect(readFile(join(folder, ".claude/settings.json"))).rejects.toThrow("ENOENT");
    expect(await run("setup-undo")).toContain("config.toml is deleted: there was none before");
    await expect(readFile(config)).rejects.toThrow("ENOENT");
  });

  test("every block was run, or says why not", () => {
    const left = snippets(document).filter(
      ({ note }) => !executed.has(note) && !/^(?:not run: |checked against )/.test(note),
    );
    expect(left).toEqual([]);
  });
});

describe("programs", () => {
  test("get one JSON value, of an import of thousands too", async () => {
    await removeKeys(stack, ["google-ai-studio", "groq", "openai"]);
    const file = join(folder, "one-balance.sql");
    const { exitCode, stdout } = await oneBalance(["import", file, "--yes", "--json"], env());
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: false, form: "one-balance", added: 1_200 });
    const again = await oneBalance(["import", file, "--yes", "--json"], env());
    expect(JSON.parse(again.stdout)).toMatchObject({ added: 0, duplicates: 1_200 });
  });

  test("are not prompted, and change nothing without --yes", async () => {
    const file = join(folder, "keys.txt");
    await writeFile(file, "COHERE_API_KEY=fake-cohere-key-0001");
    const { exitCode, stderr } = await oneBalance(["import", file], env());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("nothing was imported. Pass --yes");
    expect(await stack.admin.listKeys("provider=cohere")).toHaveLength(0);
  });

  test.each([
    ["an unknown command", ["frobnicate"], 2, "there is no such command"],
    ["an unknown option", ["usage", "--nonsense"], 2, "Unknown option '--nonsense'"],
    ["a missing argument", ["tokens", "revoke"], 2, "usage: one-balance tokens revoke <id>"],
    ["a wrong number", ["tokens", "create", "x", "--rpm", "many"], 2, "--rpm must be a number"],
    ["an unknown id", ["tokens", "revoke", "at_none"], 1, "no such access token"],
    ["a missing file", ["import", "/no/such/file"], 1, "cannot be read"],
    ["an unknown client", ["setup", "emacs"], 2, "there is no such client"],
    ["a model that is not served", ["setup", "codex", "--model", "x/y"], 1, 'no model "x/y"'],
    ["a token that nobody knows", ["setup", "codex", "--token", "wrong"], 1, "does not know"],
    ["a wrong token", ["keys", "list", "--token", "wrong"], 1, "unknown admin token"],
  ])("get exit code and words: %s", async (_, args, exitCode, words) => {
    const result = await oneBalance(args, env());
    expect(result.stderr).toContain(words);
    expect(result).toMatchObject({ exitCode, stdout: "" });
  });
});

test("an access token is used as it is, and a window's settings are printed", async () => {
  const { token } = await stack.admin.createToken({ name: "mine", providers: ["openai"] });
  const given = { ...env(), ONE_BALANCE_TOKEN: token };
  const { stdout } = await oneBalance(["setup", "opencode", "--print"], given);
  expect(stdout).toContain(`"apiKey": "${token}"`);
  const cursor = await oneBalance(["setup", "cursor"], given);
  expect(cursor.stdout).toContain(`Base URL  ${stack.url}/api/compat`);
  expect(cursor.stderr).toContain("cannot reach an address of this machine");
  const gemini = await oneBalance(["setup", "gemini", "--print"], given);
  expect(gemini.stdout).toContain(`GOOGLE_GEMINI_BASE_URL="${stack.url}"`);
});

test("npx finds it in a clone, under the machine's own Node", async () => {
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((part) => !part.includes("node_modules"));
  const { stdout } = await runFile("npx", ["one-balance", "keys", "list", "--json"], {
    cwd: root,
    env: { ...process.env, ...env(), PATH: path.join(delimiter), npm_config_yes: "true" },
  });
  expect(JSON.parse(stdout)).toHaveLength(1_200);
});

import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc, { property, assert as propertyHolds } from "fast-check";
import { parse as parseToml, stringify } from "smol-toml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseModel } from "./choose-model";
import { SETUPS, type SetUpClient } from "./client-files";
import { BACKUP_ENDING, plan, undo, write } from "./config-file";
import { parseJsonTree, plainValue } from "./json-tree";

const POOL = { origin: "https://pool.example.test", token: "ob-fake-token" };
const CHOICE = { model: "openai/gpt-5-mini", own: null, others: ["fast"] };
const CLIENTS = Object.keys(SETUPS) as SetUpClient[];

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "one-balance-home-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

function files(
  client: SetUpClient,
  choice: Parameters<(typeof SETUPS)["codex"]["files"]>[1] = CHOICE,
) {
  return SETUPS[client].files(POOL, choice, { home, env: {} });
}

function firstFile(client: SetUpClient, choice?: Parameters<typeof files>[1]) {
  const [file] = files(client, choice);
  if (file === undefined) throw new Error(`${client} has no file`);
  return file;
}

async function setUp(client: SetUpClient, choice?: Parameters<typeof files>[1]) {
  const outcomes = [];
  for (const { path, format } of files(client, choice)) {
    outcomes.push(await write(await plan(path, format)));
  }
  return outcomes;
}

async function putBack(client: SetUpClient) {
  const outcomes = [];
  for (const { path, format } of files(client)) outcomes.push(await undo(path, format));
  return outcomes;
}

/** An existing file, with comments, odd spaces and settings that contradict ours. */
const FOREIGN: Readonly<Record<SetUpClient, readonly string[]>> = {
  "claude-code": [
    `{\n\t"env": {\n\t\t"ANTHROPIC_BASE_URL": "https://other.example",   "DEBUG": "1"\n\t},\n\t"model":"opus"\n}`,
    `{"permissions": {"allow": ["Bash(ls:*)", "a,\\"b"]}, "env":{}}\r\n`,
    "{}",
    `\uFEFF{\n  "hooks": {} }\n\n`,
  ],
  codex: [
    `# mine\nmodel = "o3" # the best\napproval_policy = "never"\n\n[model_providers.other]\nname = "x"\nbase_url = "y"`,
    `[model_providers.one-balance]\nname = "by hand"\nbase_url = "https://old.example"\n\n[projects."/a"]\ntrust_level = "trusted"\nmodel = "inner"\n`,
    `model_provider = "other"\r\nnotes = """\r\nhello\r\n"""\r\n`,
    "",
  ],
  "gemini-cli": [
    "# keys\nexport GEMINI_API_KEY=AIza-mine\nOTHER='a b'",
    "GOOGLE_GEMINI_BASE_URL=https://x.example\r\nB=2\r\n",
  ],
  opencode: [
    `{\n  // my own\n  "model": "anthropic/claude",\n  "provider": {\n    "mine": { "npm": "x", }, // trailing\n  },\n}\n`,
    `{ "provider": { "one-balance": {"name": "by hand"} } }`,
    `{\n    /* nothing */\n}`,
  ],
};

describe.each(CLIENTS)("%s", (client) => {
  test.each(FOREIGN[client])("someone's file is restored byte by byte: %j", async (text) => {
    const { path, format } = firstFile(client);
    const { dir } = await folderOf(path);
    expect(dir).toBe(true);
    await writeFile(path, text);
    // Whatever this process creates files with.
    await chmod(path, 0o640);
    expect(await setUp(client)).toContain("written");
    const written = await readFile(path, "utf8");
    expect(written).toContain(POOL.token);
    expect(await readFile(path + BACKUP_ENDING, "utf8")).toBe(text);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(SETUPS[client].saved(format.read(written))).toMatchObject({ token: POOL.token });
    expect(new Set(await setUp(client))).toEqual(new Set(["unchanged"]));
    await putBack(client);
    if (text.trim() === "") await expect(readFile(path)).rejects.toThrow("ENOENT");
    else expect(await readFile(path, "utf8")).toBe(text);
    await expect(readFile(path + BACKUP_ENDING)).rejects.toThrow("ENOENT");
  });

  test("where there was no file there is none after, and it was its owner's alone", async () => {
    const { path } = firstFile(client);
    await setUp(client);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(new Set(await setUp(client))).toEqual(new Set(["unchanged"]));
    expect(new Set(await putBack(client))).toEqual(new Set(["deleted"]));
    expect(new Set(await putBack(client))).toEqual(new Set(["absent"]));
  });
});

async function folderOf(path: string) {
  const { mkdir } = await import("node:fs/promises");
  const { dirname } = await import("node:path");
  await mkdir(dirname(path), { recursive: true });
  return { dir: (await stat(dirname(path))).isDirectory() };
}

describe("what was changed by others since", () => {
  test("stays in a JSON file, and ours goes", async () => {
    const { path } = firstFile("claude-code");
    await folderOf(path);
    await writeFile(path, `{\n  "env": { "ANTHROPIC_BASE_URL": "https://old" }\n}\n`);
    await setUp("claude-code");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("{", `{\n  "theme": "dark",`));
    await putBack("claude-code");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      theme: "dark",
      env: { ANTHROPIC_BASE_URL: "https://old" },
    });
  });

  test("stays in a TOML file, to the byte", async () => {
    const { path } = firstFile("codex");
    await folderOf(path);
    await writeFile(path, `model = "o3"\n`);
    await setUp("codex");
    await writeFile(path, `${await readFile(path, "utf8")}\n[tui]\nnotifications = true\n`);
    await putBack("codex");
    expect(await readFile(path, "utf8")).toBe(`model = "o3"\n\n[tui]\nnotifications = true\n`);
  });

  test("a model that a later run does not name goes", async () => {
    const { path } = firstFile("claude-code");
    await setUp("claude-code", { model: "fast", own: "fast", others: [] });
    expect(JSON.parse(await readFile(path, "utf8")).env.ANTHROPIC_MODEL).toBe("fast");
    await setUp("claude-code");
    expect(JSON.parse(await readFile(path, "utf8")).env).toEqual({
      ANTHROPIC_BASE_URL: `${POOL.origin}/api/anthropic`,
      ANTHROPIC_AUTH_TOKEN: POOL.token,
    });
    expect(await putBack("claude-code")).toEqual(["deleted"]);
  });
});

describe("a file that cannot be changed safely is left as it is", () => {
  test.each([
    ["claude-code", `{"env": `, /line 1: a value is expected/],
    ["claude-code", `{\n  "a": 1\n  "b": 2\n}`, /line 3: a comma or a closing brace is missing/],
    ["claude-code", `{"env": "text"}`, /env is no object/],
    ["claude-code", "[]", /no object/],
    ["opencode", "{ model: 1 }", /line 1: a name in double quotes is expected/],
    ["codex", `model = "o3`, /line 1/],
    ["codex", `model_providers = { other = { name = "x" } }\n`, /.+/],
    ["codex", `notes = """\nmodel = "inside"\n"""\n`, /cannot be changed safely/],
    ["codex", `model_providers.one-balance.name = "dotted"\n`, /.+/],
  ] as const)("%s: %j", async (client, text, why) => {
    const { path, format } = firstFile(client);
    await folderOf(path);
    await writeFile(path, text);
    await expect(plan(path, format)).rejects.toThrow(why);
    await expect(plan(path, format)).rejects.toThrow("was left as it is");
    expect(await readFile(path, "utf8")).toBe(text);
    await expect(readFile(path + BACKUP_ENDING)).rejects.toThrow("ENOENT");
  });

  test("bytes that are no UTF-8", async () => {
    const { path, format } = firstFile("codex");
    await folderOf(path);
    await writeFile(path, Uint8Array.of(0x23, 0xff, 0xfe));
    await expect(plan(path, format)).rejects.toThrow("it is not UTF-8");
  });
});

test("a link stays a link", async () => {
  const { path } = firstFile("codex");
  await folderOf(path);
  const elsewhere = join(home, "dotfiles.toml");
  await writeFile(elsewhere, `model = "o3"\n`);
  await symlink(elsewhere, path);
  await setUp("codex");
  expect(await readFile(elsewhere, "utf8")).toContain(POOL.token);
  await putBack("codex");
  expect(await readFile(elsewhere, "utf8")).toBe(`model = "o3"\n`);
});

describe("whatever else stands in it", () => {
  const JSON_SPACES = fc.constantFrom(0, 2, 4, "\t");
  const configs = fc.dictionary(
    fc.constantFrom("env", "model", "provider", "a", "b c", "tools"),
    fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
    { noNullPrototype: true },
  );

  test("JSON keeps every other value, and is put back", () => {
    propertyHolds(
      property(configs, JSON_SPACES, fc.boolean(), (config, space, isWindows) => {
        const { model: _, ...others } = config;
        const written = `${JSON.stringify(others, null, space)}\n`;
        const text = isWindows ? written.replaceAll("\n", "\r\n") : written;
        for (const client of ["claude-code", "opencode"] as const) {
          const { format } = firstFile(client);
          const changed = format.put(text, null);
          expect(format.put(changed, text)).toBe(changed);
          expect(plainValue(parseJsonTree(changed))).toEqual(JSON.parse(changed));
          expect(JSON.parse(changed)).toMatchObject(JSON.parse(text));
          expect(JSON.parse(format.takeOut(changed, text))).toEqual(JSON.parse(text));
        }
      }),
      { numRuns: 200 },
    );
  });

  const NAMES = fc.constantFrom("model", "model_provider", "a", "b-c");
  const SCALARS = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean());
  const TABLES = fc.dictionary(
    fc.constantFrom("one-balance", "other", "x y"),
    fc.dictionary(NAMES, SCALARS, { maxKeys: 3, noNullPrototype: true }),
    { maxKeys: 3, noNullPrototype: true },
  );
  const tomls = fc.record(
    { model: SCALARS, a: SCALARS, model_providers: TABLES, projects: TABLES },
    { requiredKeys: [], noNullPrototype: true },
  );

  test("TOML is put back to the byte, and keeps every other value", () => {
    propertyHolds(
      property(tomls, fc.constantFrom("\n", "\r\n"), fc.boolean(), (config, lineEnd, isCut) => {
        const lines = stringify(config).replaceAll("\n", lineEnd);
        const text = isCut ? lines.trimEnd() : lines;
        const { format } = firstFile("codex");
        const changed = format.put(text, null);
        expect(format.put(changed, text)).toBe(changed);
        expect(format.takeOut(changed, text)).toBe(text);
        const { projects, a } = parseToml(changed);
        expect({ projects, a }).toEqual({ projects: config.projects, a: config.a });
      }),
      { numRuns: 200 },
    );
  });

  test("variables are put back to the byte, and keep every other value", () => {
    const line = fc.constantFrom(
      "A=1",
      "export B='x y'",
      "# note",
      "",
      "GEMINI_API_KEY=old",
      ' C="q"',
    );
    propertyHolds(
      property(fc.array(line), fc.constantFrom("\n", "\r\n"), fc.boolean(), (lines, end, isCut) => {
        const text = lines.join(end) + (isCut ? "" : end);
        const { format } = firstFile("gemini-cli");
        const changed = format.put(text, null);
        expect(format.takeOut(changed, text)).toBe(text);
        expect(parseEnv(changed)).toMatchObject({ GEMINI_API_KEY: POOL.token });
      }),
      { numRuns: 200 },
    );
  });
});

describe("chooseModel", () => {
  const models = (...ids: string[]) =>
    ids.map((id) => ({
      id,
      owned_by: id.includes("/") ? (id.split("/")[0] ?? "") : "one-balance",
    }));

  test("a client with a door of its own keeps its own choice there", () => {
    const served = models("anthropic/claude-x", "openai/gpt-5-mini", "fast");
    expect(chooseModel("anthropic", served, "", "").own).toBeNull();
    expect(chooseModel("anthropic", served, "openai/gpt-5-mini", "").own).toBe("openai/gpt-5-mini");
    expect(chooseModel("anthropic", models("openai/gpt-5-mini"), "", "").own).toBe(
      "openai/gpt-5-mini",
    );
  });

  test("a model of its own door may be named without it, and others serve where it has none", () => {
    const served = models("google-ai-studio/gemini-x", "openai/gpt-5-mini");
    expect(chooseModel("google-ai-studio", served, "gemini-x", "").own).toBe(
      "google-ai-studio/gemini-x",
    );
    const others = models("openai/gpt-5-mini");
    expect(chooseModel("google-ai-studio", others, "", "").own).toBe("openai/gpt-5-mini");
    expect(() => chooseModel("google-ai-studio", others, "gemini-x", "")).toThrow("gemini-x");
  });

  test("what was chosen before stays while it is served; aliases come first, then usual models", () => {
    const served = models("groq/odd", "openai/gpt-5-mini", "fast");
    expect(chooseModel(null, served, "", "groq/odd").model).toBe("groq/odd");
    expect(chooseModel(null, served, "", "groq/gone").model).toBe("fast");
    expect(chooseModel(null, served, "", "")).toEqual({
      model: "fast",
      own: "fast",
      others: ["openai/gpt-5-mini"],
    });
    expect(() => chooseModel(null, served, "none", "")).toThrow('no model "none"');
    expect(() => chooseModel(null, [], "", "")).toThrow("reaches no model yet");
  });
});

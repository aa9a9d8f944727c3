/**
 * `npm run test:clients`: Claude Code, Codex, Gemini CLI and opencode, as published, against the instance as served by
 * `npm start`. Each is configured by `npx one-balance setup`, in a separate home folder. All of it on loopback.
 * Arguments select cases (`"codex|claude" wrong`, `sdks`); `CLIENTS_DIR` is the programs' folder.
 * @module
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfChanged } from "../../scripts/build.ts";
import { root } from "../../scripts/root.ts";
import { startServer } from "../../scripts/serve.ts";
import { AdminApi } from "../e2e/admin-api.ts";
import {
  CODEX_MODEL,
  GREETING,
  MODELS,
  startAgentUpstream,
  TOOL_RESULT,
  TOOL_WORD,
} from "./agent-upstream.ts";
import { startCountingDoor } from "./counting-door.ts";
import {
  type Environment,
  environmentOf,
  INSTALL_FOLDER,
  install,
  installPrograms,
  PROGRAMS,
  type Program,
  type Run,
  run,
  SDK_PACKAGES,
} from "./programs.ts";

const ADMIN_TOKEN = "test-admin-token";

/** No one waits longer for something that can't succeed. */
const LIMIT_SECONDS = 10;
/** Something that can succeed may take longer on a slow machine. */
const PATIENCE_MS = 90_000;

interface Way {
  readonly program: Program;
  /** Null for the program's own choice. */
  readonly model: string | null;
  /** The provider whose key serves it. */
  readonly provider: string;
  /** The API format at the upstream. */
  readonly form: string;
}

const GEMINI = "google-ai-studio/gemini-2.5-flash";
const CODEX = `openai/${CODEX_MODEL}`;

/** Names of models for a program that knows its models by a list, each for the API of its provider. */
const ALIASES = {
  claude: { provider: "anthropic", model: "claude-haiku-4-5" },
  gemini: { provider: "google-ai-studio", model: "gemini-2.5-flash" },
  codex: { provider: "openai", model: CODEX_MODEL },
} as const;

const WAYS: readonly Way[] = [
  { program: PROGRAMS.claude, model: null, provider: "anthropic", form: "Messages" },
  {
    program: PROGRAMS.claude,
    model: "groq/llama-3.1-8b-instant",
    provider: "groq",
    form: "Messages to Chat",
  },
  {
    program: PROGRAMS.claude,
    model: GEMINI,
    provider: "google-ai-studio",
    form: "Messages to Gemini",
  },
  { program: PROGRAMS.claude, model: CODEX, provider: "openai", form: "Messages to Responses" },
  { program: PROGRAMS.codex, model: "openai/gpt-5-mini", provider: "openai", form: "Responses" },
  {
    program: PROGRAMS.codex,
    model: "deepseek/deepseek-chat",
    provider: "deepseek",
    form: "Responses to Chat",
  },
  {
    program: PROGRAMS.codex,
    model: "anthropic/claude-haiku-4-5",
    provider: "anthropic",
    form: "Responses to Messages",
  },
  {
    program: PROGRAMS.codex,
    model: GEMINI,
    provider: "google-ai-studio",
    form: "Responses to Gemini",
  },
  { program: PROGRAMS.gemini, model: null, provider: "google-ai-studio", form: "Gemini" },
  {
    program: PROGRAMS.gemini,
    model: "groq/llama-3.1-8b-instant",
    provider: "groq",
    form: "Gemini to Chat",
  },
  {
    program: PROGRAMS.gemini,
    model: "anthropic/claude-haiku-4-5",
    provider: "anthropic",
    form: "Gemini to Messages",
  },
  { program: PROGRAMS.gemini, model: CODEX, provider: "openai", form: "Gemini to Responses" },
  { program: PROGRAMS.opencode, model: "openai/gpt-5-mini", provider: "openai", form: "Chat" },
  { program: PROGRAMS.opencode, model: "claude", provider: "anthropic", form: "Chat to Messages" },
  {
    program: PROGRAMS.opencode,
    model: "gemini",
    provider: "google-ai-studio",
    form: "Chat to Gemini",
  },
  { program: PROGRAMS.opencode, model: "codex", provider: "openai", form: "Chat to Responses" },
];

/** What is done to the instance before, and the expected result. */
interface Case {
  readonly name: string;
  readonly prompt: string;
  /** Part of what the program prints. */
  readonly succeeds: string | null;
  /** What only a person can fix must be reported within the limit. */
  readonly told?: RegExp;
  readonly restSeconds?: number;
  /** The upstream takes this long between words: they have to arrive one by one. */
  readonly pauseMs?: number;
  readonly token?: "unknown" | "used up";
  readonly isEmpty?: boolean;
}

const HELLO = "Say hello.";
/** Of the greeting: each is a piece of a stream. */
const WORDS = 4;
const CASES: readonly Case[] = [
  { name: "prompt", prompt: HELLO, succeeds: GREETING },
  { name: "stream", prompt: HELLO, succeeds: GREETING, pauseMs: 150 },
  { name: "tool loop", prompt: `${TOOL_WORD}, then say what it said.`, succeeds: TOOL_RESULT },
  { name: "wait of 5 s", prompt: HELLO, succeeds: GREETING, restSeconds: 5 },
  { name: "wait of 20 s", prompt: HELLO, succeeds: GREETING, restSeconds: 20 },
  { name: "wait of 5 h", prompt: HELLO, succeeds: null, restSeconds: 18_000 },
  { name: "wrong token", prompt: HELLO, succeeds: null, token: "unknown" },
  { name: "empty pool", prompt: HELLO, succeeds: null, isEmpty: true },
  { name: "budget used up", prompt: HELLO, succeeds: null, token: "used up" },
];

/** Texts of our errors, as programs print them. */
const OUR_WORDS =
  /access token|no provider key|no key|pool|budget|limit|quota|come back|try again|retry/i;

interface Result {
  readonly way: Way;
  readonly name: string;
  /** Null if it did as expected. */
  readonly problem: string | null;
  readonly calls: number;
  /** From the first call to the program's end. */
  readonly seconds: number;
}

async function play(way: Way, each: Case): Promise<Result> {
  const home = await mkdtemp(join(work, "home-"));
  const folder = join(home, "work");
  await mkdir(folder);
  await writeFile(join(folder, "README.md"), "A folder to work in.\n");
  const env = environmentOf(home);
  // Fresh keys: nothing learned about the previous ones applies.
  await admin.call("POST", "provider-keys/delete", { filter: { provider: way.provider } });
  await admin.addKeys(way.provider, [`sk-fake-${way.provider}-${Date.now()}`]);
  upstream.rest(0);
  const limits = each.token === "used up" ? { dailyRequests: 1 } : {};
  const { token } = await admin.createToken({ name: title(way, each), ...limits });
  await setUp(way, token, env);
  if (each.isEmpty) {
    await admin.call("POST", "provider-keys/delete", { filter: { provider: way.provider } });
  }
  if (each.token === "used up") await askOnce(way, token);
  if (each.token === "unknown") await setUp(way, token, env, "ob-nobody-knows-this-token");
  if (each.restSeconds !== undefined) upstream.rest(each.restSeconds);
  upstream.pause(each.pauseMs ?? 0);
  door.take();
  const limitMs = each.succeeds === null ? (LIMIT_SECONDS + 25) * 1_000 : PATIENCE_MS;
  const ended = await run(join(bin, way.program.bin), way.program.args(each.prompt), {
    cwd: folder,
    env,
    limitMs,
  });
  const { calls, firstAtMs, pieces } = door.take();
  // A program's startup time isn't our concern.
  const seconds = firstAtMs === 0 ? 0 : (performance.now() - firstAtMs) / 1_000;
  const isAtOnce = each.pauseMs !== undefined && pieces < WORDS;
  const problem = isAtOnce ? "came at once" : problemOf(each, ended, seconds);
  if (problem !== null) {
    faults += 1;
    console.error(`✗ ${title(way, each)}: ${problem}\n${ended.output.slice(-1_500)}\n`);
  }
  return { way, name: each.name, problem, calls, seconds };
}

function problemOf(
  each: Case,
  { output, isKilled, exitCode }: Run,
  seconds: number,
): string | null {
  if (isKilled) return "did not end";
  if (each.succeeds !== null)
    return output.includes(each.succeeds) ? null : `no answer (exit ${exitCode})`;
  if (output.includes(GREETING)) return "was answered";
  if (seconds > LIMIT_SECONDS) return `took ${seconds.toFixed(0)} s`;
  return OUR_WORDS.test(output) ? null : "does not say why";
}

const title = ({ program, form }: Way, { name }: Case) => `${program.label}, ${form}: ${name}`;

/** As a person would; another token than the one that is checked can be left in its place. */
async function setUp({ program, model }: Way, token: string, env: Environment, instead?: string) {
  const args = [
    join(root, "scripts/one-balance.mjs"),
    ...["setup", program.client, "--url", door.url, "--token", token],
    ...(model === null ? [] : ["--model", model]),
  ];
  const done = await run(process.execPath, args, { cwd: root, env, limitMs: 30_000 });
  if (done.exitCode !== 0) throw new Error(`setup of ${program.label}: ${done.output}`);
  if (instead === undefined) return;
  const script = `grep -rl -- '${token}' "$HOME" | xargs sed -i 's/${token}/${instead}/g'`;
  const changed = await run("bash", ["-c", script], { cwd: root, env, limitMs: 10_000 });
  if (changed.exitCode !== 0) throw new Error(`no file has the token: ${changed.output}`);
}

/** One request per day, and this is it. */
async function askOnce({ provider }: Way, token: string): Promise<void> {
  const named = `${provider}/${MODELS[provider]}`;
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: named, messages: [{ role: "user", content: "Hi" }] }),
  });
  await response.text();
}

/** As in `docs/clients.md`: a row for each way, a column for each case. */
function table(results: readonly Result[]): string {
  const head = ["Program", "Asked in", ...CASES.map(({ name }) => name)];
  const rows = WAYS.flatMap((way) => {
    const ofWay = results.filter((result) => result.way === way);
    const cells = CASES.map(({ name }) => ofWay.find((result) => result.name === name));
    if (ofWay.length === 0) return [];
    return [[`${way.program.label} ${shortVersion(way)}`, way.form, ...cells.map(cellOf)]];
  });
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** `2.1` for `2.1.332`; two parts are enough. */
function shortVersion({ program }: Way): string {
  return program.version.split(".").slice(0, 2).join(".");
}

function cellOf(result: Result | undefined): string {
  if (result === undefined) return "";
  const { problem, calls, seconds } = result;
  const told = `${calls} ${calls === 1 ? "call" : "calls"}, ${Math.round(seconds)} s`;
  return problem === null ? told : `${told}: ${problem}`;
}

/** Each SDK with each base URL. @returns The number of calls. */
async function askBySdks(folder: string): Promise<number> {
  await install(folder, SDK_PACKAGES);
  const providers = Object.keys(MODELS);
  for (const provider of providers) await admin.addKeys(provider, [`sk-fake-sdk-${provider}`]);
  upstream.rest(0);
  const { token } = await admin.createToken({ name: "SDKs" });
  const script = join(folder, "sdk-calls.ts");
  await cp(join(root, "tests/clients/sdk-calls.ts"), script);
  const args = ["--no-warnings", script, server.url, token];
  const { output } = await run(process.execPath, args, {
    cwd: folder,
    env: environmentOf(work),
    limitMs: 240_000,
  });
  const calls = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { name: string; base: string; problem: string | null });
  const bySdk = Map.groupBy(calls, ({ name }) => name);
  for (const [name, ofIt] of bySdk) {
    const failed = ofIt.filter(({ problem }) => problem !== null);
    faults += failed.length;
    console.log(`${name}: ${ofIt.length - failed.length} of ${ofIt.length} base URLs answered`);
    for (const { base, problem } of failed) console.error(`✗ ${name} at ${base}: ${problem}`);
  }
  if (calls.length === 0) throw new Error(`no SDK was asked: ${output}`);
  return calls.length;
}

const clients = process.env.CLIENTS_DIR ?? INSTALL_FOLDER;
const bin = await installPrograms(clients);
await buildIfChanged();
const work = await mkdtemp(join(tmpdir(), "one-balance-test-clients-"));
const upstream = await startAgentUpstream();
const server = await startServer({
  port: 0,
  dataDir: join(work, "data"),
  vars: {
    AUTH_KEY: ADMIN_TOKEN,
    AUTH_SECRET: "test-session-secret",
    KEY_ENCRYPTION_SECRET: "test-encryption-secret",
    AI_GATEWAY_URL: upstream.gatewayUrl,
  },
});
const door = await startCountingDoor(server.url);
const admin = new AdminApi(() => server.url, ADMIN_TOKEN);
/** Regular expressions, all of which a case's title must match. */
const asked = process.argv.slice(2).map((word) => new RegExp(word, "i"));
const isAsked = (named: string) => asked.every((word) => word.test(named));
let faults = 0;
try {
  for (const [name, target] of Object.entries(ALIASES)) {
    const alias = { name, conversion: "preferred", targets: [target] };
    await admin.call("POST", "model-aliases", alias);
  }
  const results: Result[] = [];
  for (const way of WAYS) {
    for (const each of CASES) {
      if (!isAsked(title(way, each))) continue;
      const result = await play(way, each);
      console.log(`${title(way, each)}: ${cellOf(result)}`);
      results.push(result);
    }
  }
  if (results.length > 0) console.log(`\n${table(results)}\n`);
  const sdkCalls = isAsked("SDKs") ? await askBySdks(`${clients}-sdks`) : 0;
  console.log(`\n${results.length + sdkCalls} cases, ${faults} failed`);
} finally {
  door.close();
  await server.dispose();
  await upstream.close();
  await rm(work, { recursive: true, force: true });
}
process.exit(faults === 0 ? 0 : 1);

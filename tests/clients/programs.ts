/**
 * The real programs, in the tested versions, and how each is run without a person.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Program {
  /** As named by `npx one-balance setup`. */
  readonly client: string;
  readonly label: string;
  readonly packageName: string;
  readonly version: string;
  readonly bin: string;
  /** The arguments with which it answers a prompt and ends. */
  args(prompt: string): readonly string[];
}

export const PROGRAMS = {
  claude: {
    client: "claude-code",
    label: "Claude Code",
    packageName: "@anthropic-ai/claude-code",
    version: "2.1.332",
    bin: "claude",
    args: (prompt) => ["-p", prompt, "--allowedTools", "Bash"],
  },
  codex: {
    client: "codex",
    label: "Codex",
    packageName: "@openai/codex",
    version: "0.171.0",
    bin: "codex",
    args: (prompt) => [
      ...["exec", "--skip-git-repo-check", "--sandbox", "danger-full-access"],
      ...["--color", "never", prompt],
    ],
  },
  gemini: {
    client: "gemini-cli",
    label: "Gemini CLI",
    packageName: "@google/gemini-cli",
    version: "0.61.0",
    bin: "gemini",
    args: (prompt) => ["-p", prompt, "--approval-mode", "yolo"],
  },
  opencode: {
    client: "opencode",
    label: "opencode",
    packageName: "opencode-ai",
    version: "1.18.33",
    bin: "opencode",
    args: (prompt) => ["run", prompt],
  },
} as const satisfies Readonly<Record<string, Program>>;

/** Outside the repository, and kept: they are large. */
export const INSTALL_FOLDER = join(homedir(), ".cache/one-balance-clients");

/** Of the SDKs that `sdk-calls.ts` uses. */
export const SDK_PACKAGES = [
  ...["openai@7.57.0", "@anthropic-ai/sdk@1.14.0", "@google/genai@3.1.0", "groq-sdk@1.6.0"],
  ...["@mistralai/mistralai@2.7.0", "cohere-ai@8.1.0", "ai@7.0.173"],
  ...["@ai-sdk/openai@4.0.118", "@ai-sdk/anthropic@4.0.105", "@ai-sdk/google@4.0.121"],
  ...["@ai-sdk/groq@4.0.84", "@ai-sdk/mistral@4.0.87", "@ai-sdk/cohere@4.0.52"],
  ...["@ai-sdk/openai-compatible@3.0.92", "@langchain/openai@1.6.0", "@langchain/core@1.4.0"],
  ...["@langchain/anthropic@1.5.11", "@langchain/google-genai@2.3.2"],
];

/** @returns The folder with their commands. */
export async function installPrograms(folder: string): Promise<string> {
  const programs = Object.values(PROGRAMS);
  await install(
    folder,
    programs.map(({ packageName, version }) => `${packageName}@${version}`),
  );
  return join(folder, "node_modules/.bin");
}

/** Installs missing packages by npm. */
export async function install(folder: string, wanted: readonly string[]): Promise<void> {
  const noted = join(folder, "installed.json");
  const installed = await readFile(noted, "utf8").catch(() => "");
  if (installed !== JSON.stringify(wanted)) {
    console.error(`Installing ${wanted.join(", ")} into ${folder} …`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{"private":true}');
    const npm = spawn(
      "npm",
      ["install", "--no-audit", "--no-fund", "--loglevel=error", ...wanted],
      {
        cwd: folder,
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    const [code] = await once(npm, "exit");
    if (code !== 0) throw new Error(`npm install ended with ${code}`);
    await writeFile(noted, JSON.stringify(wanted));
  }
}

export type Environment = NodeJS.ProcessEnv;

/** Nothing of this machine's own settings, and calls only to the instance. */
export function environmentOf(home: string): Environment {
  return {
    PATH: process.env.PATH,
    HOME: home,
    NODE_ENV: "production",
    TERM: "dumb",
    NO_COLOR: "1",
    CI: "1",
    // Anything else they would call is refused at once.
    HTTPS_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1,localhost",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  };
}

export interface Run {
  readonly output: string;
  readonly exitCode: number | null;
  readonly isKilled: boolean;
}

/** Runs a command to its end, or kills it after this many milliseconds. */
export async function run(
  command: string,
  args: readonly string[],
  {
    cwd,
    env,
    limitMs,
  }: { readonly cwd: string; readonly env: Environment; readonly limitMs: number },
): Promise<Run> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece: Buffer) => pieces.push(piece));
  }
  let isKilled = false;
  const limit = setTimeout(() => {
    isKilled = true;
    // Including its children.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, limitMs);
  const [exitCode] = await once(child, "close");
  clearTimeout(limit);
  return { output: Buffer.concat(pieces).toString("utf8"), exitCode, isKilled };
}

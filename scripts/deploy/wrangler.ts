/**
 * Wrangler as used by the deployment: commands that only read are always run, those that change something are printed
 * and, in a dry run, skipped.
 * @module
 */
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ExpectedError } from "../expected-error.ts";
import { root } from "../root.ts";
import { toolCommand } from "../tool-command.ts";
import { adviceFor } from "./advice.ts";
import type { Journal } from "./journal.ts";

export interface RunOptions {
  /** Default: the repository's root. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Lets wrangler use the terminal, to prompt and to show its progress; only its errors are read then. */
  readonly isInteractive?: boolean;
}

/** Wrangler ended with an error. The message is for people: its own message, and what to do. */
export class WranglerError extends ExpectedError {
  /** Everything it printed. */
  readonly output: string;

  constructor(args: readonly string[], output: string) {
    super(`wrangler ${args.join(" ")} failed\n${lastLines(output)}${adviceFor(output)}`);
    this.output = output;
  }
}

export class Wrangler {
  readonly #journal: Journal;
  /** The account for all commands, once it is known. */
  accountId: string | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** @returns What it printed to stdout. @throws {WranglerError} */
  async read(args: readonly string[], options: RunOptions = {}): Promise<string> {
    this.#journal.call(`wrangler ${args.join(" ")}`);
    return this.#run(args, options);
  }

  /** `read`, for a command that prints JSON. */
  async readJson<Answer>(args: readonly string[], options: RunOptions = {}): Promise<Answer> {
    const text = await this.read(args, options);
    try {
      return JSON.parse(text);
    } catch {
      throw new WranglerError(args, text);
    }
  }

  /** Runs a command that changes something. @throws {WranglerError} */
  async change(args: readonly string[], options: RunOptions = {}): Promise<void> {
    const isToRun = this.#journal.change(`wrangler ${args.join(" ")}`);
    if (isToRun) await this.#run(args, options);
  }

  async #run(
    args: readonly string[],
    { cwd = root, env = {}, isInteractive = false }: RunOptions,
  ): Promise<string> {
    const [command, ...commandArgs] = toolCommand("wrangler");
    const child = spawn(command, [...commandArgs, ...args], {
      cwd,
      stdio: isInteractive ? ["inherit", "inherit", "pipe"] : ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: [process.env.PATH, join(root, "node_modules/.bin")].join(delimiter),
        WRANGLER_SEND_METRICS: "false",
        // Also skips wrangler's lookup of its newest version.
        WRANGLER_HIDE_BANNER: "true",
        // Otherwise wrangler delegates a deployment back to OpenNext.
        OPEN_NEXT_DEPLOY: "true",
        ...(this.accountId !== null && { CLOUDFLARE_ACCOUNT_ID: this.accountId }),
        ...env,
      },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr.push(chunk);
      if (isInteractive) process.stderr.write(chunk);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const printed = Buffer.concat(stdout).toString();
    if (exitCode === 0) return printed;
    const output = `${printed}\n${Buffer.concat(stderr)}`;
    throw new WranglerError(args, stripVTControlCharacters(output));
  }
}

const LINES_MAX = 12;

function lastLines(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-LINES_MAX).join("\n");
}

import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { styleText } from "node:util";
import { ExpectedError } from "./expected-error.ts";
import { root } from "./root.ts";

/** Contains the project's tools, including Node 24. */
const BIN = join(root, "node_modules/.bin");

/**
 * Runs a command at the repository root. Its output is held back and shown only if it fails. Aborting stops the command
 * with everything it started: it has its own process group.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly signal?: AbortSignal } = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}`, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => options.signal?.removeEventListener("abort", stop));
  options.signal?.throwIfAborted();
  if (exitCode !== 0) {
    process.stderr.write(Buffer.concat(output));
    throw new ExpectedError(`${[command, ...args].join(" ")} failed with exit code ${exitCode}`);
  }
}

/** Prints what is being done, and afterwards how long it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  console.log(`${title} …`);
  const result = await work();
  console.log(styleText("dim", `  done in ${seconds(performance.now() - startedAtMs)}`));
  return result;
}

/** `12.3 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

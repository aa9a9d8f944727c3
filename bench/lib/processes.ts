/**
 * Child processes of a benchmark, and their cost.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LoadPlan, LoadResult } from "./load.ts";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the upstream; returns its address and a function that stops it.
 * @param script Next to this file; it prints its port once it listens.
 */
export async function startUpstream(
  script = "upstream.ts",
  args: readonly string[] = [],
): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, [file(script), ...args], {
    // Its standard input ends with this process, however that ends.
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(() => null);
  const printed = await Promise.race([once(child.stdout, "data"), ended]);
  if (printed === null) throw new Error(`${script} ended before it listened`);
  return { url: `http://127.0.0.1:${String(printed[0]).trim()}`, stop: () => child.kill() };
}

/** How much longer than planned a load may take. */
const LOAD_GRACE_MS = 30_000;

export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const child = spawn(process.execPath, [file("load.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
    // A response that never ends would otherwise hold the benchmark.
    timeout: plan.seconds * 1_000 + LOAD_GRACE_MS,
  });
  child.stdin.end(JSON.stringify(plan));
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`the load ended with exit code ${exitCode}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** The workerd processes among this process's children (Linux). */
export function workerdPids(): Set<number> {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return new Set(
    pids.filter((pid) => {
      const stat = statFields(pid);
      return stat !== null && stat.name === "workerd" && stat.parent === process.pid;
    }),
  );
}

/** User and system time that a process has used, in milliseconds (Linux counts it in ticks of 10). */
export function cpuMs(pid: number): number {
  return (statFields(pid)?.cpuTicks ?? 0) * 10;
}

/** Memory that a process uses, in MiB. */
export function residentMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib ?? 0) / 1024;
}

function statFields(pid: number): { name: string; parent: number; cpuTicks: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return null;
  }
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  return {
    name: text.slice(text.indexOf("(") + 1, close),
    parent: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
  };
}

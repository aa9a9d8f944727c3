/**
 * CPU time of processes to the microsecond, from the scheduler; `/proc/<pid>/stat` counts in ticks of 10 ms (Linux).
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";

const NS_PER_MS = 1e6;

/** User and system time of all current threads of a process, in milliseconds. */
export function threadsCpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (total, thread) => total + runMs(`/proc/${pid}/task/${thread}/schedstat`),
    0,
  );
}

/** The same for its first thread only: in workerd the one that runs JavaScript. */
export function mainThreadCpuMs(pid: number): number {
  return runMs(`/proc/${pid}/task/${pid}/schedstat`);
}

/** A thread that has just ended counts nothing. */
function runMs(file: string): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ")[0]) / NS_PER_MS;
  } catch {
    return 0;
  }
}

/**
 * One `AbortSignal` for SIGINT, SIGTERM and SIGHUP. Ctrl-C reaches every process of the terminal and is forwarded by
 * npm too: more than one is normal.
 * @module
 */
const stopping = new AbortController();
const stop = () => stopping.abort();

/** Aborts when the process should stop. */
export const stopSignal = stopping.signal;

/** Resolves when the process should stop. */
export const stopped = new Promise<void>((resolve) => {
  stopSignal.addEventListener("abort", () => resolve());
});

/**
 * Makes this the only listener for the signals. Call it again after creating a Miniflare, which ends the process at
 * once on a signal: stopping in order is our job.
 */
export function listenForStop(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }
}

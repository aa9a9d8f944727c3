/**
 * One `AbortSignal` for SIGINT, SIGTERM and SIGHUP. Ctrl-C reaches every process of the terminal and is
 * forwarded by npm too: more than one is normal.
 * @module
 */
const stopping = new AbortController();
const stop = () => stopping.abort();

/** Aborts when the process is told to stop. */
export const stopSignal = stopping.signal;

/** Resolves when the process is told to stop. */
export const stopped = new Promise<void>((resolve) => {
  stopSignal.addEventListener("abort", () => resolve());
});

/**
 * Makes this the only listener for the signals. To be called again after a Miniflare was made, which ends
 * the process at once on a signal: stopping in order is our part.
 */
export function listenForStop(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }
}

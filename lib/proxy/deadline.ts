import type { ProxyPorts } from "./ports";

/** Bounds a request until its answer's first byte: aborts when the time is up or the client leaves. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True once the time is up (and not because the client left). */
  readonly expired: boolean;
  /** Ends the time limit; the client's leaving still aborts. */
  clear(): void;
}

/** @param timeoutMs From now. */
export function startDeadline(client: AbortSignal, timeoutMs: number, ports: ProxyPorts): Deadline {
  const controller = new AbortController();
  let expired = false;
  const clear = ports.setTimer(() => {
    expired = true;
    controller.abort(new DOMException("No answer in time", "TimeoutError"));
  }, timeoutMs);
  if (client.aborted) controller.abort(client.reason);
  client.addEventListener("abort", () => controller.abort(client.reason), { once: true });
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    clear,
  };
}

/** Waits; ends early, without an error, when the signal aborts. */
export function pause(ms: number, signal: AbortSignal, ports: ProxyPorts): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = ports.setTimer(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
}

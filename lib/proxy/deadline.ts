import type { ProxyPorts } from "./ports";

/**
 * Bounds a request until its answer's first byte. What is under way when the time is up is left behind,
 * not aborted: an abort signal of our own beside the client's costs each request a tenth of its CPU time.
 */
export interface Deadline {
  readonly expired: boolean;
  /** Resolves when the time is up; never after `clear`. */
  readonly reached: Promise<void>;
  clear(): void;
}

/** @param timeoutMs From now. */
export function startDeadline(timeoutMs: number, ports: ProxyPorts): Deadline {
  let expired = false;
  let clear = () => {};
  const reached = new Promise<void>((resolve) => {
    clear = ports.setTimer(() => {
      expired = true;
      resolve();
    }, timeoutMs);
  });
  return {
    get expired() {
      return expired;
    },
    reached,
    clear,
  };
}

/** Waits; ends early when the client leaves or the time is up. */
export async function pause(
  ms: number,
  clientSignal: AbortSignal,
  deadline: Deadline,
  ports: ProxyPorts,
): Promise<void> {
  let cancel = () => {};
  const waited = new Promise<void>((resolve) => {
    cancel = ports.setTimer(resolve, ms);
    clientSignal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([waited, deadline.reached]);
  cancel();
}

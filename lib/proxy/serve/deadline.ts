import type { ProxyPorts } from "../ports";

/**
 * Bounds a request until the first byte of its response. Work in progress when the time is up is abandoned, not
 * aborted: an abort signal of our own in addition to the client's costs each request a tenth of its CPU time. It takes
 * one timer and one promise, however many attempts a request makes.
 */
export interface Deadline {
  readonly expired: boolean;
  /** Resolves when the time is up, or when the watcher stops waiting; never after `clear`. */
  readonly reached: Promise<void>;
  /**
   * Calls `look`, first after a second, to decide whether to keep waiting: it returns in how many milliseconds to look
   * again, or null to stop. Null for no watcher.
   */
  watch(look: ((nowMs: number) => number | null) | null): void;
  clear(): void;
}

/** Faster responses are never watched. */
const FIRST_LOOK_MS = 1_000;

/** @param timeoutMs From now. */
export function startDeadline(timeoutMs: number, ports: ProxyPorts): Deadline {
  const endMs = ports.nowMs() + timeoutMs;
  let expired = false;
  let look: ((nowMs: number) => number | null) | null = null;
  let { promise, resolve } = Promise.withResolvers<void>();
  let clear = () => {};
  const arm = (ms: number) => {
    clear = ports.setTimer(wake, Math.max(1, Math.min(ms, endMs - ports.nowMs())));
  };
  const wake = () => {
    const nowMs = ports.nowMs();
    if (nowMs >= endMs) {
      expired = true;
      resolve();
      return;
    }
    const nextMs = look === null ? FIRST_LOOK_MS : look(nowMs);
    if (nextMs === null) {
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    }
    arm(nextMs ?? FIRST_LOOK_MS);
  };
  arm(FIRST_LOOK_MS);
  return {
    get expired() {
      return expired;
    },
    get reached() {
      return promise;
    },
    watch(next) {
      look = next;
    },
    clear: () => clear(),
  };
}

/** Waits; ends early if the client disconnects or the time is up. */
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

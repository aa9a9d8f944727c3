import type { ProxyPorts } from "../ports";

/** Decides whether to keep waiting: in how many milliseconds to look again, or null to stop. */
type Look = (nowMs: number) => number | null;

/** Faster responses are never watched. */
const FIRST_LOOK_MS = 1_000;

/**
 * Bounds a request until the first byte of its response. Work in progress when the time is up is abandoned, not
 * aborted: an abort signal of our own in addition to the client's costs each request a tenth of its CPU time. It takes
 * one timer and one promise, however many attempts a request makes.
 */
export class Deadline {
  expired = false;
  /** Resolves when the time is up, or when the watcher stops waiting; never after `clear`. */
  reached: Promise<void>;
  readonly #ports: Pick<ProxyPorts, "nowMs" | "setTimer">;
  readonly #endMs: number;
  #resolve: () => void;
  #look: Look | null = null;
  #cancel: () => void;

  /** @param timeoutMs From now. */
  constructor(timeoutMs: number, ports: Pick<ProxyPorts, "nowMs" | "setTimer">) {
    const nowMs = ports.nowMs();
    this.#ports = ports;
    this.#endMs = nowMs + timeoutMs;
    ({ promise: this.reached, resolve: this.#resolve } = Promise.withResolvers<void>());
    this.#cancel = this.#wakeIn(FIRST_LOOK_MS, nowMs);
  }

  /** Calls `look`, first after a second, as long as the wait goes on; null for no watcher. */
  watch(look: Look | null): void {
    this.#look = look;
  }

  clear(): void {
    this.#cancel();
  }

  #wakeIn(ms: number, nowMs: number): () => void {
    return this.#ports.setTimer(() => this.#wake(), Math.max(1, Math.min(ms, this.#endMs - nowMs)));
  }

  #wake(): void {
    const nowMs = this.#ports.nowMs();
    if (nowMs >= this.#endMs) {
      this.expired = true;
      this.#resolve();
      return;
    }
    const nextMs = this.#look === null ? FIRST_LOOK_MS : this.#look(nowMs);
    if (nextMs === null) {
      this.#resolve();
      ({ promise: this.reached, resolve: this.#resolve } = Promise.withResolvers<void>());
    }
    this.#cancel = this.#wakeIn(nextMs ?? FIRST_LOOK_MS, nowMs);
  }
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

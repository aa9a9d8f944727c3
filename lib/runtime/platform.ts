/**
 * The platform's own functions, captured while this module is loaded. Next, which a Worker loads later, replaces
 * several of them on `globalThis` by versions that trace and cache; a proxied request must not pay for those.
 * @module
 */
const { fetch, setTimeout, clearTimeout } = globalThis;

export const platform = {
  nowMs: Date.now,
  random: Math.random,
  /**
   * workerd cancels a request's fetches when its client leaves; an additional signal costs each request about 5 % of
   * its CPU time.
   */
  fetch: (url: string, init: RequestInit): Promise<Response> => fetch(url, init),
  /** Runs `callback` once after `ms`; the returned function cancels it. */
  setTimer(callback: () => void, ms: number): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

"use client";

import { useNow as useServerNow } from "next-intl";
import { useSyncExternalStore } from "react";

const TICK_MS = 1_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = 0;

/**
 * The time in epoch milliseconds, updated every second; one timer serves the whole page. The server and the browser's
 * first render use the server's time.
 */
export function useNow(): number {
  const serverNowMs = useServerNow().getTime();
  return useSyncExternalStore(subscribe, readNow, () => serverNowMs);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    nowMs = 0;
  };
}

function readNow(): number {
  if (nowMs === 0) nowMs = Date.now();
  return nowMs;
}

function tick(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}

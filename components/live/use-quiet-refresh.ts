"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState, useTransition } from "react";

/** How often the server is asked whether anything has changed: less and less often while nothing does. */
const SHORTEST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 60_000;

export interface QuietRefresh {
  readonly isRefreshing: boolean;
  /** The last question had no answer; it is repeated. */
  readonly hasFailed: boolean;
  /** Reads the page now. */
  refresh(): void;
}

/** Reads the page again when the server's data has changed: not while it is hidden, nor in the middle of something. */
export function useQuietRefresh({
  atMs,
  stamp,
  gapMs,
}: {
  readonly atMs: number;
  readonly stamp: string;
  readonly gapMs: number;
}): QuietRefresh {
  const router = useRouter();
  const [isRefreshing, startTransition] = useTransition();
  const [hasFailed, setHasFailed] = useState(false);
  const refresh = () => startTransition(() => router.refresh());

  /** @returns Whether the page is current, or is being read again. */
  const look = useEffectEvent(async (readMs: number, signal: AbortSignal): Promise<boolean> => {
    if (document.hidden || !navigator.onLine || performance.now() - readMs < gapMs) return false;
    try {
      const response = await fetch("/stamp", { signal, redirect: "error" });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const answer: { readonly stamp: string } = await response.json();
      setHasFailed(false);
      if (answer.stamp === stamp) return true;
      if (!isBusy()) refresh();
      return false;
    } catch {
      if (!signal.aborted) setHasFailed(true);
      return true;
    }
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another time means that the page was read again.
  useEffect(() => {
    const leaving = new AbortController();
    const readMs = performance.now();
    let pauseMs = SHORTEST_PAUSE_MS;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      const isCurrent = await look(readMs, leaving.signal);
      if (leaving.signal.aborted) return;
      pauseMs = isCurrent ? Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5) : SHORTEST_PAUSE_MS;
      clearTimeout(timer);
      timer = setTimeout(ask, pauseMs);
    };
    timer = setTimeout(ask, pauseMs);
    const onShown = () => {
      if (!document.hidden) void ask();
    };
    document.addEventListener("visibilitychange", onShown);
    return () => {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShown);
    };
  }, [atMs]);

  return { isRefreshing, hasFailed, refresh };
}

/** Whether something is open, marked or typed that new rows would disturb. */
function isBusy(): boolean {
  const open = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=tooltip]";
  if (document.querySelector(open) !== null) return true;
  const { activeElement } = document;
  const isTyping =
    activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement;
  return (isTyping && activeElement.value !== "") || getSelection()?.isCollapsed === false;
}

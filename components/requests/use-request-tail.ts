"use client";

import { useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import type { NamedRequest } from "@/lib/manage/usage/browse-requests";

const SHORTEST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
/** The most rows kept on the page. */
const MOST_ROWS = 300;

export interface RequestTail {
  readonly items: readonly NamedRequest[];
  /** The last poll failed; it is repeated. */
  readonly hasFailed: boolean;
}

/**
 * A list of requests that grows at its head. Polls less often while nothing arrives or a poll fails, and not at all
 * while paused or hidden.
 */
export function useRequestTail(first: readonly NamedRequest[], isPaused: boolean): RequestTail {
  const params = useSearchParams().toString();
  const [items, setItems] = useState(first);
  const [hasFailed, setHasFailed] = useState(false);
  const newestId = items[0]?.id ?? "";

  useEffect(() => {
    if (isPaused) return;
    const leaving = new AbortController();
    let pauseMs = SHORTEST_PAUSE_MS;
    let timer: ReturnType<typeof setTimeout>;
    const later = () => {
      timer = setTimeout(ask, pauseMs);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
    };
    const ask = async () => {
      if (document.hidden) return later();
      const query = new URLSearchParams(params);
      query.set("after", newestId);
      try {
        const response = await fetch(`/requests/tail?${query}`, { signal: leaving.signal });
        if (!response.ok) throw new Error(`status ${response.status}`);
        const { items: fresh } = (await response.json()) as { items: NamedRequest[] };
        setHasFailed(false);
        // New rows restart this with the shortest pause.
        if (fresh.length > 0) setItems((known) => [...fresh, ...known].slice(0, MOST_ROWS));
        else later();
      } catch {
        if (leaving.signal.aborted) return;
        setHasFailed(true);
        later();
      }
    };
    later();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [params, newestId, isPaused]);

  return { items, hasFailed };
}

"use client";

import { useEffect, useState } from "react";
import {
  type PaletteAnswer,
  type PaletteFinds,
  SHORTEST_KEY_SEARCH,
} from "@/components/palette/palette-answer";

const NOTHING: PaletteAnswer = {
  ...{ providers: [], tokens: [], members: [], aliases: [], views: [], models: [], help: [] },
};
const NO_FINDS: PaletteFinds = { keys: [] };
/** Searching waits until typing pauses. */
const PAUSE_MS = 200;

/** Fetched each time the palette opens. */
export function usePaletteAnswer() {
  const [answer, setAnswer] = useState(NOTHING);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    read<PaletteAnswer>("/palette", leaving.signal).then(setAnswer, () =>
      setHasFailed(!leaving.signal.aborted),
    );
    return () => leaving.abort();
  }, []);
  return { answer, hasFailed };
}

/** What the server finds for a query: until it has, what it found for the one before. */
export function usePaletteFinds(query: string): PaletteFinds {
  const wanted = query.trim();
  const [finds, setFinds] = useState(NO_FINDS);
  useEffect(() => {
    if (wanted.length < SHORTEST_KEY_SEARCH) {
      setFinds(NO_FINDS);
      return;
    }
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      const path = `/palette?${new URLSearchParams({ q: wanted })}`;
      // Without an answer the palette still finds the rest.
      read<PaletteFinds>(path, leaving.signal).then(setFinds, () => {});
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [wanted]);
  return finds;
}

async function read<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(path, { signal, redirect: "error" });
  if (!response.ok) throw new Error(`palette: ${response.status}`);
  return response.json();
}

"use client";

import { useEffect, useState } from "react";
import type { KnownModels } from "@/lib/runtime/known-models";

/** A list is used again for this long: providers' models change by the week, the pool's keys at any minute. */
const FRESH_MS = 60_000;

let request: { readonly atMs: number; readonly answer: Promise<readonly KnownModels[]> } | null =
  null;

/**
 * The models that the pool can serve, to choose from; null until they are loaded. If that fails the list is empty, and
 * names are typed.
 * @param isWanted False while no one is going to choose, because it calls providers.
 */
export function useKnownModels(isWanted = true): readonly KnownModels[] | null {
  const [known, setKnown] = useState<readonly KnownModels[] | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    let isShown = true;
    const nowMs = Date.now();
    if (request === null || nowMs - request.atMs > FRESH_MS)
      request = { atMs: nowMs, answer: ask() };
    request.answer.then((providers) => isShown && setKnown(providers));
    return () => {
      isShown = false;
    };
  }, [isWanted]);
  return known;
}

async function ask(): Promise<readonly KnownModels[]> {
  try {
    const response = await fetch("/known-models");
    if (!response.ok) throw new Error(`known models: ${response.status}`);
    const { providers }: { providers: readonly KnownModels[] } = await response.json();
    // Keys may be added now: the next user of the list fetches it again.
    if (providers.length === 0) request = null;
    return providers;
  } catch {
    request = null;
    return [];
  }
}

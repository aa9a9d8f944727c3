"use client";

import { useEffect, useState } from "react";
import type { KnownModels } from "@/lib/runtime/known-models";

/** Fetched once per page: the list changes by the week. */
let request: Promise<readonly KnownModels[]> | null = null;

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
    request ??= ask();
    request.then((providers) => isShown && setKnown(providers));
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
    return providers;
  } catch {
    // The next user of the list fetches it again.
    request = null;
    return [];
  }
}

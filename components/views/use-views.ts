"use client";

import { useCallback, useEffect, useState } from "react";
import type { ViewItem } from "@/lib/manage/views/list-views";

/** The saved views of a page: null until they are loaded, `failed` if they couldn't be. */
export function useViews(path: string): {
  readonly views: readonly ViewItem[] | "failed" | null;
  readonly reload: () => Promise<void>;
} {
  const [views, setViews] = useState<readonly ViewItem[] | "failed" | null>(null);
  const reload = useCallback(
    async () => setViews(await ask(path).catch(() => "failed" as const)),
    [path],
  );
  useEffect(() => void reload(), [reload]);
  return { views, reload };
}

async function ask(path: string): Promise<readonly ViewItem[]> {
  const response = await fetch(`/views?${new URLSearchParams({ path })}`);
  if (!response.ok) throw new Error(`views: ${response.status}`);
  const { views }: { readonly views: readonly ViewItem[] } = await response.json();
  return views;
}

"use client";

import { createContext, type ReactNode, use } from "react";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";

const Groups = createContext<readonly GroupChoice[]>([]);

/** Provides the groups that the reader may name to everything that shows or sets whom keys serve. */
export function KeyGroups({
  groups,
  children,
}: {
  readonly groups: readonly GroupChoice[];
  readonly children: ReactNode;
}) {
  return <Groups value={groups}>{children}</Groups>;
}

/** Sorted by name; empty if there are none: then nothing about groups is shown. */
export function useKeyGroups(): readonly GroupChoice[] {
  return use(Groups);
}

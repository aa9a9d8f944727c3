"use client";

import { createContext, type ReactNode, use } from "react";
import type { OwnerChoice } from "@/lib/manage/tokens/token-owner";

const Owners = createContext<readonly OwnerChoice[]>([]);

/** Provides those who may have tokens to the forms in which an admin chooses the owner. */
export function TokenOwners({
  owners,
  children,
}: {
  readonly owners: readonly OwnerChoice[];
  readonly children: ReactNode;
}) {
  return <Owners value={owners}>{children}</Owners>;
}

export function useTokenOwners(): readonly OwnerChoice[] {
  return use(Owners);
}

"use client";

import { createContext, type ReactNode, use } from "react";

/** By slug. */
const Names = createContext<Readonly<Record<string, string>>>({});

/** Names the providers for everything below it. */
export function ProviderNames({
  names,
  children,
}: {
  /** By slug. */
  readonly names: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}) {
  return <Names value={names}>{children}</Names>;
}

/** The name of a provider by its slug; the slug itself for one that is gone. */
export function useProviderName(): (slug: string) => string {
  const names = use(Names);
  return (slug) => names[slug] ?? slug;
}

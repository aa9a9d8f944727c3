"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** `https://pool.example.com`, as the browser knows it; empty in what the server renders. */
export function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
}

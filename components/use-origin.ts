"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** `https://pool.example.com`, as known to the browser; empty in what the server renders. */
export function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
}

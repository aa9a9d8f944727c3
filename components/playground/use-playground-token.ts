"use client";

import { useRef } from "react";
import { openPlayground } from "@/app/(portal)/playground/actions";
import type { ActionFailure } from "@/app/action-result";

/** A token that ends within this time might do so on the way. */
const MARGIN_MS = 60_000;

/** One's own token for the playground: made when first needed, kept in this page's memory only. */
export function usePlaygroundToken() {
  const kept = useRef<{ readonly token: string; readonly expiresAt: number } | null>(null);
  return {
    /** @throws {PlaygroundTokenError} if the server makes none. */
    async get(): Promise<string> {
      if (kept.current === null || kept.current.expiresAt - Date.now() < MARGIN_MS) {
        const result = await openPlayground(undefined);
        if (!result.ok) throw new PlaygroundTokenError(result);
        kept.current = result.data;
      }
      return kept.current.token;
    },
    /** The next call makes a new one: this one was refused, for another tab took its place. */
    forget(): void {
      kept.current = null;
    },
  };
}

export class PlaygroundTokenError extends Error {
  override readonly name = "PlaygroundTokenError";

  constructor({ message }: ActionFailure) {
    super(message);
  }
}

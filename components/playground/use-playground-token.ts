"use client";

import { useRef } from "react";
import { openPlayground } from "@/app/(portal)/playground/actions";
import type { ActionFailure } from "@/app/action-result";

/** A token that expires within this time might expire during the call. */
const MARGIN_MS = 60_000;

/** The member's own playground token: created when first needed, kept only in this page's memory. */
export function usePlaygroundToken() {
  const kept = useRef<{ readonly token: string; readonly expiresAt: number } | null>(null);
  return {
    /** @throws {PlaygroundTokenError} if the server creates none. */
    async get(): Promise<string> {
      if (kept.current === null || kept.current.expiresAt - Date.now() < MARGIN_MS) {
        const result = await openPlayground(undefined);
        if (!result.ok) throw new PlaygroundTokenError(result);
        kept.current = result.data;
      }
      return kept.current.token;
    },
    /** The next call creates a new one: this one was rejected, because another tab replaced it. */
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

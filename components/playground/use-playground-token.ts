"use client";

import { useRef } from "react";
import { openPlayground } from "@/app/(portal)/playground/actions";
import type { ActionFailure } from "@/app/action-result";

/** A token that expires within this time might expire during the call. */
const MARGIN_MS = 60_000;

interface KeptToken {
  readonly token: string;
  readonly expiresAt: number;
}

export interface PlaygroundToken {
  /** @throws {PlaygroundTokenError} if the server creates none. */
  get(): Promise<string>;
  /** The next call creates a new one: this one was rejected, because another tab replaced it. */
  forget(token: string): void;
}

/**
 * The member's own playground token: created when first needed, kept only in this page's memory. Calls at the same time
 * share it, since creating another one ends the first.
 */
export function usePlaygroundToken(): PlaygroundToken {
  const kept = useRef<KeptToken | null>(null);
  const opening = useRef<Promise<KeptToken> | null>(null);
  return {
    async get() {
      if (kept.current !== null && kept.current.expiresAt - Date.now() >= MARGIN_MS) {
        return kept.current.token;
      }
      opening.current ??= open().finally(() => {
        opening.current = null;
      });
      kept.current = await opening.current;
      return kept.current.token;
    },
    forget(token) {
      if (kept.current?.token === token) kept.current = null;
    },
  };
}

async function open(): Promise<KeptToken> {
  const result = await openPlayground(undefined);
  if (!result.ok) throw new PlaygroundTokenError(result);
  return result.data;
}

export class PlaygroundTokenError extends Error {
  override readonly name = "PlaygroundTokenError";

  constructor({ message }: ActionFailure) {
    super(message);
  }
}

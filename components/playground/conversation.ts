/**
 * A conversation of the playground with one model. Plain data.
 * @module
 */
import type { ChatRun } from "@/components/playground/chat-run";
import type { PastTurn } from "@/lib/playground/chat-request";

export interface Turn {
  /** Counts the turns of a page. */
  readonly number: number;
  readonly prompt: string;
  /** As data URLs. */
  readonly images: readonly string[];
  readonly run: ChatRun;
}

/** Older ones are left out of the page, and of what is sent. */
export const MOST_TURNS = 40;

/** Adds a turn. */
export function withTurn(turns: readonly Turn[], turn: Turn): readonly Turn[] {
  return [...turns, turn].slice(-MOST_TURNS);
}

/** Changes the last turn's run. */
export function withLastRun(turns: readonly Turn[], run: ChatRun): readonly Turn[] {
  const last = turns.at(-1);
  return last === undefined ? turns : turns.with(-1, { ...last, run });
}

/** What the model is reminded of: turns that it answered with a text. */
export function historyOf(turns: readonly Turn[]): readonly PastTurn[] {
  return turns
    .filter(({ run }) => (run.state === "done" || run.state === "stopped") && run.text !== "")
    .map(({ prompt, images, run }) => ({ prompt, images, answer: run.text }));
}

/** Whether the last turn is still being answered. */
export function isAnswering(turns: readonly Turn[]): boolean {
  const state = turns.at(-1)?.run.state;
  return state === "waiting" || state === "streaming";
}

/**
 * CSV, `.env` files, lists and JSON of unknown origin, including the CSV and JSON that One Balance exports, with their
 * statuses.
 * @module
 */
import { readPastedKeys } from "./read-pasted-keys";
import { PLAIN_KEY, type Source, type SourceState } from "./source-key";

/** No one reads more. */
const MAX_LEFT_OUT = 1_000;

export function readText(text: string): Source {
  const { keys, skipped, left } = readPastedKeys(text);
  return {
    form: "text",
    keys: keys.map(({ text, line, hint, settings, status, baseUrl }) => ({
      ...PLAIN_KEY,
      text,
      position: line,
      hint,
      baseUrl: baseUrl ?? null,
      settings,
      state: stateOf(status),
    })),
    unusable: [],
    skipped,
    leftOut: left.slice(0, MAX_LEFT_OUT).map(({ line, why }) => ({ position: line, why })),
  };
}

function stateOf(status: string | undefined): SourceState {
  if (status === "disabled") return { kind: "disabled" };
  if (status !== "blocked") return PLAIN_KEY.state;
  return { kind: "blocked", meaning: "key_doubtful", words: "" };
}

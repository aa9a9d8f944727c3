/**
 * Pasted keys on their way into the pool: what the text contains, and what the server says about it.
 * @module
 */
import type { ActionFailure, ActionResult } from "@/app/action-result";
import type { PreviewedKey, PreviewState } from "@/lib/manage/keys/preview-provider-keys";
import type { PastedKey } from "@/lib/moving-in/read-pasted-keys";

export interface FoundKey {
  readonly pasted: PastedKey;
  readonly preview: PreviewedKey;
  /** `repeated`: an earlier line has it; the others are the server's. */
  readonly verdict: PreviewState | "repeated";
}

export const VERDICTS = ["new", "odd", "unclear", "repeated", "known", "rejected"] as const;

/** Thrown if an action fails in the middle of long work. */
export class WorkStopped extends Error {
  readonly failure: ActionFailure;

  constructor(failure: ActionFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function dataOf<Data>(result: ActionResult<Data>): Data {
  if (result.ok) return result.data;
  throw new WorkStopped(result);
}

/** Keys per call: 500, or fewer if they are as long as service accounts. */
const CALL_MAX_KEYS = 500;
const CALL_MAX_CHARS = 1_000_000;

/** Splits keys into calls. */
export function* callsOf<Key>(
  keys: readonly Key[],
  textOf: (key: Key) => string,
): Generator<readonly Key[]> {
  let call: Key[] = [];
  let chars = 0;
  for (const key of keys) {
    const { length } = textOf(key);
    if (call.length === CALL_MAX_KEYS || (call.length > 0 && chars + length > CALL_MAX_CHARS)) {
      yield call;
      call = [];
      chars = 0;
    }
    call.push(key);
    chars += length;
  }
  if (call.length > 0) yield call;
}

/** A repeated key is reported as such unless it can't be added anyway, or goes to another provider. */
export function judge(
  pasted: readonly PastedKey[],
  previews: readonly PreviewedKey[],
): readonly FoundKey[] {
  const seen = new Set<string>();
  return pasted.flatMap((key, index) => {
    const preview = previews[index];
    if (preview === undefined) return [];
    const place = `${preview.provider} ${key.text}`;
    const isRepeat = key.repeats !== null && seen.has(place) && preview.state !== "rejected";
    seen.add(place);
    return [{ pasted: key, preview, verdict: isRepeat ? "repeated" : preview.state }];
  });
}

/** What will be added, by provider. */
export function toAdd(
  found: readonly FoundKey[],
  withOdd: boolean,
): ReadonlyMap<string, readonly FoundKey[]> {
  const wanted = found.filter(({ verdict }) => verdict === "new" || (withOdd && verdict === "odd"));
  // Keys with these verdicts have a provider.
  return Map.groupBy(wanted, ({ preview }) => preview.provider ?? "");
}

import { rootCause } from "../root-cause";

/**
 * Whether D1 rejected a write because of its content, so that nothing of its transaction was written and repeating it
 * would fail again. A store that is unavailable, full or older than this build fails differently.
 *
 * https://www.sqlite.org/rescode.html
 */
export function isRefusedForContent(error: unknown): boolean {
  return /SQLITE_(?:CONSTRAINT|TOOBIG|MISMATCH|RANGE)|constraint failed|too big|malformed JSON|integer overflow|out of range/i.test(
    String(rootCause(error)),
  );
}

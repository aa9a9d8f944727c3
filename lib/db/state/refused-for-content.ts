import { rootCause } from "../root-cause";

/**
 * Whether D1 refused a write for what is in it, so that nothing of its transaction was written and the same would
 * be refused again. A store that is away, full or older than this build says something else.
 *
 * https://www.sqlite.org/rescode.html
 */
export function isRefusedForContent(error: unknown): boolean {
  return /SQLITE_(?:CONSTRAINT|TOOBIG|MISMATCH|RANGE)|constraint failed|too big|malformed JSON|integer overflow|out of range/i.test(
    String(rootCause(error)),
  );
}

import { z } from "zod";
import { ManageError } from "./manage-error";

/** Fields of a thing, by their names in the verb's input. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a form read before it was changed, for the fields that it changes. */
export const readFields = z.record(z.string().max(100), z.unknown()).optional();

/**
 * Checks that no one has changed these fields since a form was opened; otherwise someone who never saw that change
 * would undo it.
 * @param was As the form read them; without it, nothing is compared.
 * @throws {ManageError} `conflict` with the current values.
 */
export function assertUnchanged(current: Fields, wanted: Fields, was: Fields | undefined): void {
  if (was === undefined) return;
  const changed = Object.keys(was).filter(
    (name) => !isSame(current[name], was[name]) && !isSame(current[name], wanted[name]),
  );
  if (changed.length === 0) return;
  const theirs = Object.fromEntries(changed.map((name) => [name, current[name] ?? null]));
  throw new ManageError(
    "conflict",
    "someone else has changed the same thing in the meantime",
    [],
    theirs,
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** With the fields of objects sorted; undefined becomes null. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value ?? null;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]),
  );
}

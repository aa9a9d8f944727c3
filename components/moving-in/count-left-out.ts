import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";

/** Keys of unknown services. */
export function countLeftOut(unknown: ImportedKeys["unknown"]): number {
  return unknown.reduce((sum, { keys }) => sum + keys, 0);
}

import { mergeSameKeys } from "../../moving-in/merge-same-keys";
import { readSource } from "../../moving-in/read-source";
import type { ManageContext } from "../manage-context";
import { importKeys } from "./import-keys";
import type { ImportedKeys, ImportSourceInput } from "./import-schemas";
import { beginImport, sumImports } from "./sum-imports";

/**
 * Reads the keys in another program's data, and imports them.
 *
 * @throws {ManageError} See `importKeys`.
 */
export async function importSource(
  context: ManageContext,
  { text, fileName, ...choices }: ImportSourceInput,
): Promise<ImportedKeys> {
  const source = readSource(text, fileName);
  const { keys, repeated } = mergeSameKeys(source.keys);
  const result = await importKeys(context, { ...choices, form: source.form, keys: [...keys] });
  return sumImports(beginImport(source, repeated, choices.dryRun), result);
}

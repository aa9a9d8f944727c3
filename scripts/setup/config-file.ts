/**
 * A client's configuration file on disk: read, changed with a backup next to it, and restored.
 * @module
 */
import { chmod, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ExpectedError } from "../expected-error.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigFormat } from "./config-formats.ts";

/** The file as it was before us; an empty one if there was none. */
export const BACKUP_ENDING = ".before-one-balance";

/** It contains a token. */
const PRIVATE = 0o600;

export type Outcome = "written" | "unchanged" | "restored" | "deleted" | "absent";

/** @returns Empty if there is none. @throws {ExpectedError} if it can't be read. */
export async function readConfig(path: string): Promise<string> {
  return (await readIfThere(path)) ?? "";
}

/** The planned content of a file. */
export interface PlannedFile {
  readonly path: string;
  readonly after: string;
  /** The content of the backup; null if there already is one. */
  readonly backup: string | null;
  readonly isChanged: boolean;
}

/** Changes nothing. @throws {ExpectedError} if the file is broken. */
export async function plan(path: string, format: ConfigFormat): Promise<PlannedFile> {
  const text = await readIfThere(path);
  const kept = await readIfThere(path + BACKUP_ENDING);
  return orExplain(path, () => {
    // If our settings were removed by hand, the file is new, and its backup is useless.
    const before = text === null || format.isOurs(text) === false ? null : kept;
    const after = format.put(text ?? "", before);
    return {
      path,
      after,
      backup: before === null ? (text ?? "") : null,
      isChanged: after !== text,
    };
  });
}

export async function write({ path, after, backup, isChanged }: PlannedFile): Promise<Outcome> {
  if (!isChanged) return "unchanged";
  await mkdir(dirname(path), { recursive: true });
  if (backup !== null) await replaceFile(path + BACKUP_ENDING, backup);
  await replaceFile(path, after);
  return "written";
}

/** @throws {ExpectedError} if it is broken. */
export async function undo(path: string, format: ConfigFormat): Promise<Outcome> {
  const text = await readIfThere(path);
  const backup = await readIfThere(path + BACKUP_ENDING);
  const isOurs = format.isOurs(text ?? "") ?? backup !== null;
  if (text === null || !isOurs) return "absent";
  const before = backup ?? "";
  const left = orExplain(path, () => format.takeOut(text, before));
  const isNothing = left.trim() === "" || left.replaceAll(/\s/g, "") === "{}";
  // A file that only we have written is deleted; any other stays, however little it contains.
  const isOnlyOurs = isNothing && before === "";
  if (isOnlyOurs) await rm(path);
  else await replaceFile(path, isSameButOurs(before, left, format) ? before : left);
  await rm(path + BACKUP_ENDING, { force: true });
  return isOnlyOurs ? "deleted" : "restored";
}

/** Whether nothing but our settings changed since: then the original is restored, byte for byte. */
function isSameButOurs(before: string, left: string, format: ConfigFormat): boolean {
  if (before === "") return false;
  try {
    return format.takeOut(format.put(before, null), before) === left;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** Completely or not at all; a link stays one, and a file keeps its mode. */
async function replaceFile(path: string, text: string): Promise<void> {
  const real = await realpath(path).catch(() => path);
  const kept = await stat(real).then(
    (found) => found.mode & 0o777,
    () => PRIVATE,
  );
  const temporary = `${real}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: PRIVATE });
  await chmod(temporary, kept);
  await rename(temporary, real);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const why = error instanceof TypeError ? "it is not UTF-8" : String((error as Error).message);
    throw new ExpectedError(`${path} cannot be read: ${why}`);
  }
}

function orExplain<Result>(path: string, edit: () => Result): Result {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ExpectedError(
      `${path} cannot be changed, and was left as it is: ${error.message}. Mend it, or add the settings by hand: --print shows them.`,
    );
  }
}

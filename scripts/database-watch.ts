/**
 * Notices what happens to the database's file under a running server: SQLite keeps using the file that it opened, even
 * if it is deleted, and what it then writes is lost at the next start.
 * @module
 */
import { constants } from "node:fs";
import { access, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export type DatabaseChange = "deleted" | "replaced" | "read-only" | "writable";

/** The file's state in the file system at one time. */
export interface FileState {
  /** Identifies the file whatever its name; null if there is none. */
  readonly id: string | null;
  readonly isWritable: boolean;
}

export interface DatabaseWatch {
  readonly file: string;
  /** The files that SQLite keeps next to it, in their last good state, by extension. */
  readonly beside: ReadonlyMap<string, string | null>;
  stop(): void;
}

/** Checked twice in a row, so that a file which is just being moved into place isn't considered deleted. */
const EVERY_MS = 1_000;
/** What SQLite hasn't written to the database yet, and its index. */
const BESIDE = ["-wal", "-shm"] as const;

/** The file of the local D1, which Miniflare names by a hash. */
export async function databaseFile(dataDir: string): Promise<string> {
  const folder = join(dataDir, "d1/miniflare-D1DatabaseObject");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sqlite"));
  const [file] = files.filter((name) => name !== "metadata.sqlite");
  if (file === undefined) throw new Error(`there is no database in ${folder}`);
  return join(folder, file);
}

/**
 * What happened to the file; null if nothing did.
 * @param before null if it was just opened
 */
export function changeOf(before: FileState | null, now: FileState): DatabaseChange | null {
  if (now.id === null) return "deleted";
  if (before === null) return null;
  if (now.id !== before.id) return "replaced";
  if (now.isWritable === before.isWritable) return null;
  return now.isWritable ? "writable" : "read-only";
}

/**
 * Checks every second, but not while a change is being handled.
 * @param look for tests
 */
export function watchDatabase(
  file: string,
  onChange: (change: DatabaseChange) => Promise<void>,
  look: (file: string) => Promise<FileState> = stateOf,
  everyMs: number = EVERY_MS,
): DatabaseWatch {
  const beside = new Map<string, string | null>();
  let timer: NodeJS.Timeout | undefined;
  let known: FileState | null = null;
  let suspected: DatabaseChange | null = null;
  let isStopped = false;

  async function round(): Promise<void> {
    const now = await look(file);
    const change = changeOf(known, now);
    if (change === null) {
      known ??= now;
      for (const ending of BESIDE) beside.set(ending, (await stateOf(file + ending)).id);
    } else if (change === suspected && !isStopped) {
      await onChange(change);
      // Another file may have been opened since.
      const opened = change === "read-only" ? now : await look(file);
      known = opened.id === null ? null : opened;
    }
    suspected = change === suspected ? null : change;
  }

  const next = () => {
    if (isStopped) return;
    timer = setTimeout(
      () =>
        void round()
          .catch(() => undefined)
          .then(next),
      everyMs,
    );
    timer.unref();
  };
  void round()
    .catch(() => undefined)
    .then(next);
  return {
    file,
    beside,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Removes what belonged to a file that no longer exists: SQLite would apply it to the new one. What came with the new
 * file stays.
 */
export async function withoutLeftovers({ file, beside }: DatabaseWatch): Promise<void> {
  for (const [ending, id] of beside) {
    const now = (await stateOf(file + ending)).id;
    if (now !== null && now === id) await rm(file + ending, { force: true });
  }
}

async function stateOf(file: string): Promise<FileState> {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return { id: `${dev}:${ino}`, isWritable: await isWritable(file) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return { id: null, isWritable: true };
    }
    throw error;
  }
}

/** SQLite creates files next to the database, so the folder counts as well. */
async function isWritable(file: string): Promise<boolean> {
  try {
    for (const path of [file, dirname(file)]) await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

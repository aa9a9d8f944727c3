import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

const OWNER_ONLY = 0o077;

/**
 * Restricts a data folder to its owner: what this process and its children create from now on, workerd with the
 * database and what SQLite keeps next to it (`-wal`, `-shm`), and what older builds left readable to all. Windows has
 * other permissions: there nothing is changed.
 */
export async function keepPrivate(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  // A worker thread isn't allowed to; the thread that started it has done it.
  if (isMainThread) process.umask(OWNER_ONLY);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() && !entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    // SQLite deletes its files when no one has the database open.
    await chmod(path, entry.isDirectory() ? 0o700 : 0o600).catch(ignoreMissing);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

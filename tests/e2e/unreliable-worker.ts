/**
 * The production build on a D1 whose connection can be cut while it serves; without the portal's object, so that one
 * connection serves everything.
 * @module
 */
import type { D1Mode } from "../workerd/unreliable-d1.ts";
import { D1_MODE_PATH } from "./d1-mode-path.ts";
import { wrappedWorkerDir } from "./wrapped-worker.ts";

/** A folder to be served instead of `dist/worker`; the caller removes it. */
export function unreliableWorkerDir(): Promise<string> {
  return wrappedWorkerDir("unreliable-worker-entry.ts");
}

/** @param url Of a server on `unreliableWorkerDir`. */
export async function setD1Mode(url: string, mode: D1Mode): Promise<void> {
  const response = await fetch(`${url}${D1_MODE_PATH}`, { method: "POST", body: mode });
  if (!response.ok) throw new Error(`the mode was not set: ${response.status}`);
}

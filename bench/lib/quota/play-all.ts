/**
 * Plays all lines of one seed, on all cores: every play has its own random numbers, so the number of threads changes
 * nothing but the duration.
 * @module
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Extent, type Part, type Play, playsFor } from "./plays.ts";
import type { Row } from "./rows.ts";

export interface Wanted {
  readonly parts: readonly Part[];
  /** Of plays. */
  readonly names: RegExp;
}

/** @param onRow Called with each row once it is known. */
export async function playAll(
  seed: number,
  extent: Extent,
  { parts, names }: Wanted,
  onRow: (row: Row) => void,
): Promise<readonly Row[]> {
  const plays = playsFor(seed, extent).filter(
    ({ part, name }) => parts.includes(part) && names.test(name),
  );
  const rows = new Map<Play, readonly Row[]>();
  const note = (play: Play, played: readonly Row[]) => {
    rows.set(play, played);
    for (const row of played) onRow(row);
  };
  const waiting = plays
    .filter(({ isAlone }) => isAlone !== true)
    .sort((one, other) => other.cost - one.cost)
    .values();
  const thread = async () => {
    const worker = new Worker(new URL("./play-thread.ts", import.meta.url), {
      workerData: { seed, extent },
    });
    for (const play of waiting) {
      worker.postMessage(play.name);
      const [played] = await once(worker, "message");
      note(play, played);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(8, availableParallelism()) }, thread));
  for (const play of plays) if (play.isAlone) note(play, await play.rows());
  return plays.flatMap((play) => rows.get(play) ?? []);
}

/** A thread of the quota benchmark: plays the named scenarios it receives. @module */
import { parentPort, workerData } from "node:worker_threads";
import "../resolve-ts.ts";
import type { Extent, Play } from "./plays.ts";

const { playsFor } = await import("./plays.ts");
const { seed, extent }: { seed: number; extent: Extent } = workerData;
const plays = new Map<string, Play>(playsFor(seed, extent).map((each) => [each.name, each]));

parentPort?.on("message", async (name: string) => {
  parentPort?.postMessage(await plays.get(name)?.rows());
});

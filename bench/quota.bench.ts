/**
 * How much of the upstream quota becomes responses, and what happens to requests in bad weather: the real handler and
 * pool against simulated upstreams, in virtual time, and the pool alone at its largest. The same seed gives the same
 * figures.
 *
 * `SEED=7 npm run bench -- quota` runs another game, `SEED=1..8` eight of them and shows the worst; `WORLDS=all` plays
 * all worlds of bad weather, `PARTS=worlds` (or `quotas`, `figures`) only one part, and `NAMES=isolates` only the lines
 * whose name matches this expression. `KEEP=others` replaces only the lines that were played in
 * `bench/results/quota.json`, `KEEP=all` also keeps the other seeds of these. From that file,
 * `npx node bench/lib/quota/measured-page.ts` generates bench/pool-measured.md and its chart.
 * @module
 */
import { readFile } from "node:fs/promises";
import "./lib/resolve-ts.ts";
import type { Part } from "./lib/quota/plays.ts";
import type { Measured } from "./lib/quota/rows.ts";
import { writeResult } from "./lib/write-result.ts";

const { playAll } = await import("./lib/quota/play-all.ts");
const { joined, measured } = await import("./lib/quota/rows.ts");
const { playStories } = await import("./lib/quota/stories.ts");

const [first = 1, last = first] = (process.env.SEED ?? "1").split("..").map(Number);
const extent = process.env.WORLDS === "all" ? "all" : "short";
const PARTS: readonly Part[] = ["quotas", "worlds", "figures"];
const names = new RegExp(process.env.NAMES ?? "");
const parts = PARTS.filter((part) => (process.env.PARTS ?? PARTS.join()).includes(part));

let rows: readonly Measured[] = [];
for (let seed = first; seed <= last; seed += 1) {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const played = await playAll(
    seed,
    extent,
    { parts, names },
    ({ kind, name, figures, faults }) => {
      const verdict = faults.length === 0 ? "ok" : `MISSED: ${faults.join("; ")}`;
      console.log(`${kind}, ${name}: ${Object.values(figures).join(", ")} ${verdict}`);
    },
  );
  const { user, system } = process.cpuUsage(before);
  const [tookS, cpuS] = [(performance.now() - startMs) / 1e3, (user + system) / 1e6];
  console.log(`seed ${seed}: ${Math.round(tookS)} s, ${Math.round(cpuS)} s of CPU`);
  rows = joined(
    rows,
    played.map((row) => measured(seed, row)),
  );
}
console.table(
  rows.map(({ kind, name, figures, missed }) => ({
    ...{ kind, name, ...figures },
    "": missed.length === 0 ? "ok" : "MISSED",
  })),
);
const known = await knownRows(process.env.KEEP);
await writeResult("quota", { rows: joined(known, rows), stories: await playStories(1) });
const missed = rows.flatMap((row) => row.missed);
if (missed.length > 0) {
  console.error(`${missed.length} missed:\n${missed.join("\n")}`);
  process.exitCode = 1;
}

async function knownRows(keep: string | undefined): Promise<readonly Measured[]> {
  if (keep === undefined) return [];
  const file = new URL("results/quota.json", import.meta.url);
  const kept: readonly Measured[] = JSON.parse(await readFile(file, "utf8")).rows;
  if (keep === "all") return kept;
  // A line keeps its place in the tables.
  const played = new Map(rows.map((row) => [`${row.kind}: ${row.name}`, row]));
  return kept.map((row) => played.get(`${row.kind}: ${row.name}`) ?? row);
}

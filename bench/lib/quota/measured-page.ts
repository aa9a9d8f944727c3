/**
 * Writes the tables of bench/pool-measured.md and their chart from `bench/results/quota.json`: `npx node
 * bench/lib/quota/measured-page.ts`.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../scripts/root.ts";
import type { Figures, Measured } from "./rows.ts";
import type { Story } from "./stories.ts";
import { storyChart } from "./story-chart.ts";

export interface QuotaResult {
  readonly rows: readonly Measured[];
  readonly stories: readonly Story[];
}

export const PAGE = "bench/pool-measured.md";
export const CHART = "bench/results/quota.svg";
export const RESULT = "bench/results/quota.json";

/** The targets of each kind of world; the lines differ in numbers of keys, messages and times. */
const TARGETS: Readonly<Record<string, string>> = {
  hiccups:
    "from 5 s after the end 99.5 % answered; told to come back within 10 s, or a minute if the refusals name one; where the refusals tell a time, 99 % of those who come meanwhile answered too",
  noise: "99.7 % answered, attempts 1 + 1.3 times the noise, p99 below 1 s",
  "dead keys":
    "all answered after 3 s, of 10,000 once 1,500 dead keys and a live one are met; each dead key asked twice at most and blocked",
  incidents: "no key changed, all answered from 3 s after the end",
  "failing tiers": "99.9 % answered",
  "silent keys":
    "99.5 % answered, no wait beyond 15 s before the model's usual time is known, models that take 8 s or 60 s asked once",
  "tokens a minute":
    "of four times as much as the limit allows as much as it allows is served, never more in any minute",
};

export function measuredTables({ rows }: QuotaResult): Readonly<Record<string, string>> {
  const ofKind = (kind: string) => rows.filter((row) => row.kind === kind);
  const worlds = Object.entries(TARGETS).map(([kind, target]) => {
    const own = ofKind(kind);
    const worst = (name: keyof Figures) => own.map(({ figures }) => figures[name] ?? 0);
    return [
      kind,
      String(own.length),
      target,
      percent(Math.min(...worst("answered"))),
      Math.max(...worst("attemptsPerAnswer")).toFixed(3),
      `${Math.max(...worst("p99Ms"))} ms`,
      verdict(own),
    ];
  });
  const lines = ofKind("honest quotas").map((row) => [
    row.name,
    row.target,
    percent(row.figures.answered ?? 0),
    (row.figures.attemptsPerAnswer ?? 0).toFixed(4),
    verdict([row]),
  ]);
  const singles = [...ofKind("fair shares"), ...ofKind("single figures")].map((row) => [
    row.name,
    row.target,
    row.figures.atLeast === undefined
      ? String(row.figures.value ?? "")
      : percent(row.figures.atLeast),
    verdict([row]),
  ]);
  return {
    worlds: table(
      ["World", "Variants", "Target", "Answered", "Attempts an answer", "p99", "Held"],
      worlds,
    ),
    lines: table(["Upstream", "Target", "Answered", "Attempts an answer", "Held"], lines),
    singles: table(["What", "Target", "Measured", "Held"], singles),
  };
}

/** The document with each table after its mark, `<!-- measured: NAME -->`. */
export function withTables(document: string, tables: Readonly<Record<string, string>>): string {
  return document.replace(
    /(<!-- measured: (\w+) -->\n)(?:\|.*\n)*/g,
    (_, mark: string, name: string) => `${mark}${tables[name]}\n`,
  );
}

function verdict(rows: readonly Measured[]): string {
  const seeds = [...new Set(rows.flatMap((row) => row.seeds))].sort((a, b) => a - b);
  const missed = rows.flatMap((row) => row.missed).length;
  const runs = rows.reduce((sum, row) => sum + row.seeds.length, 0);
  const names = seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(", ")}`;
  return missed === 0 ? `yes, ${names}` : `${runs - missed} of ${runs} runs, ${names}`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)} %`;
}

export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const all = [head, ...body];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[], filler = " ") =>
    `| ${widths.map((width, at) => (row[at] ?? "").padEnd(width, filler)).join(" | ")} |`;
  return [line(head), line([], "-"), ...body.map((row) => line(row))].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const result: QuotaResult = JSON.parse(await readFile(join(root, RESULT), "utf8"));
  const document = await readFile(join(root, PAGE), "utf8");
  await writeFile(join(root, PAGE), withTables(document, measuredTables(result)));
  await writeFile(join(root, CHART), storyChart(result.stories));
}

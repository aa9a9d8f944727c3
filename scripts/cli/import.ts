import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import type { ImportedKeys } from "../../lib/manage/imports/import-schemas.ts";
import type { SourceKey } from "../../lib/moving-in/source-key.ts";
import { type Command, listOption, textOption, UsageError } from "./command.ts";
import { groupsOption } from "./groups.ts";
import { count, Progress, printJson, printTable } from "./output.ts";
import { readText } from "./read-text.ts";

const CALL_MAX_KEYS = 500;

export const importCommand: Command = {
  name: ["import"],
  usage: "import <file>",
  summary: "Import keys from another tool (shows the changes first)",
  optionHelp: {
    "--dry-run": "preview only",
    "--yes": "import without a prompt",
    "--provider <slug>": "provider for keys that can't be recognized",
    "--map <service=slug>": "assign an unknown service to a provider (repeatable)",
    "--groups <a,b>": "names or ids of the groups that new keys serve; otherwise everyone",
  },
  options: {
    "dry-run": { type: "boolean" },
    yes: { type: "boolean" },
    provider: { type: "string" },
    map: { type: "string", multiple: true },
    groups: { type: "string" },
  },
  positionals: [1, 1],
  async run({ connection, positionals: [file = ""], options, isJson }) {
    const { readSource } = await import("../../lib/moving-in/read-source.ts");
    const { mergeSameKeys } = await import("../../lib/moving-in/merge-same-keys.ts");
    const { beginImport, sumImports } = await import("../../lib/manage/imports/sum-imports.ts");
    const source = readSource(await readText(file), basename(file));
    const { keys, repeated } = mergeSameKeys(source.keys);
    const choices = {
      form: source.form,
      provider: textOption(options, "provider") ?? null,
      providers: Object.fromEntries(listOption(options, "map").map(pair)),
      groups: await groupsOption(connection, options),
    };
    const send = async (dryRun: boolean): Promise<ImportedKeys> => {
      let result: ImportedKeys = beginImport(source, repeated, dryRun);
      const progress = new Progress(dryRun ? "Comparing" : "Importing", keys.length);
      try {
        for (const [at, some] of callsOf(keys)) {
          const body = { ...choices, dryRun, keys: some };
          result = sumImports(result, await connection.call<ImportedKeys>("POST", "import", body));
          progress.at(at + some.length);
        }
      } finally {
        progress.end();
      }
      return result;
    };
    const difference = await send(true);
    const hasWork = difference.added > 0 || difference.changed > 0;
    const isDry = options["dry-run"] === true || !hasWork;
    if (!isJson) print(difference);
    if (!isDry && options.yes !== true && !(await isWanted(difference, isJson))) return 1;
    const result = isDry ? difference : await send(false);
    if (isJson) printJson(result);
    else if (!isDry)
      console.log(`${count(result.added, "key")} imported, ${result.changed} filled in`);
    else if (!hasWork) console.log("Nothing to import");
    return 0;
  },
};

function pair(text: string): readonly [service: string, slug: string] {
  const at = text.lastIndexOf("=");
  if (at < 1 || at === text.length - 1) throw new UsageError("--map is service=slug");
  return [text.slice(0, at), text.slice(at + 1)];
}

function* callsOf(keys: readonly SourceKey[]): Generator<[at: number, keys: readonly SourceKey[]]> {
  for (let at = 0; at < keys.length; at += CALL_MAX_KEYS) {
    yield [at, keys.slice(at, at + CALL_MAX_KEYS)];
  }
}

function print({ form, providers, rejected, unknown, skipped, leftOut }: ImportedKeys): void {
  console.log(`Read as ${form}`);
  if (providers.length > 0) {
    printTable(providers, [
      { title: "provider", of: ({ provider }) => provider },
      { title: "new", isNumber: true, of: ({ added }) => String(added), style: () => "green" },
      { title: "blocked", isNumber: true, of: ({ blocked }) => String(blocked) },
      { title: "disabled", isNumber: true, of: ({ disabled }) => String(disabled) },
      { title: "cooling", isNumber: true, of: ({ cooling }) => String(cooling) },
      { title: "in the pool", isNumber: true, of: ({ duplicates }) => String(duplicates) },
      { title: "filled in", isNumber: true, of: ({ changed }) => String(changed) },
    ]);
  }
  for (const { name, keys, proposal } of unknown) {
    const whose = name === "" ? "unknown provider" : `unknown service ${name}`;
    const how =
      name === ""
        ? "--provider <slug>"
        : `--map ${name}=<slug>${proposal === null ? "" : ", or add it as a custom provider"}`;
    console.log(`${count(keys, "key")} skipped: ${whose}. Pass ${how}`);
  }
  for (const { position, code, reason } of rejected.slice(0, 20)) {
    console.log(`entry ${position} skipped: ${reason || code}`);
  }
  if (rejected.length > 20) console.log(`… and ${rejected.length - 20} more`);
  if (skipped > 0) console.log(`${count(skipped, "entry", "entries")} without a key`);
  for (const { position, reason } of leftOut.slice(0, 20))
    console.log(`  entry ${position}: ${reason}`);
  if (leftOut.length > 20) console.log(`  … and ${skipped - 20} more`);
}

async function isWanted({ added, changed }: ImportedKeys, isJson: boolean): Promise<boolean> {
  if (isJson || !process.stdin.isTTY) {
    throw new UsageError(
      "nothing was imported. Pass --yes to import without a prompt, or --dry-run to preview",
    );
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const work = [
      added > 0 && `import ${count(added, "key")}`,
      changed > 0 && `fill in ${count(changed, "key")}`,
    ].filter(Boolean);
    const answer = await reader.question(`Shall I ${work.join(" and ")}? [y/N] `);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import Papa from "papaparse";
import { type Command, textOption } from "./command.ts";
import { allListedKeys, FILTER_HELP, FILTER_OPTIONS, stateOf } from "./key-filter.ts";
import { count, printJson } from "./output.ts";

/** Spreadsheets interpret a text that begins like a formula as one. */
const plain = (text: string | null) =>
  text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;

export const keysExport: Command = {
  name: ["keys", "export"],
  usage: "keys export [--provider <slug>] [--output <file>]",
  summary: "Export keys, masked, as CSV (or JSON with --json)",
  optionHelp: { ...FILTER_HELP, "--output <file>": "write to a file instead of stdout" },
  options: { ...FILTER_OPTIONS, output: { type: "string" } },
  positionals: [0, 0],
  async run({ connection, options, isJson }) {
    const keys = await allListedKeys(connection, options);
    const rows = keys.map((key) => ({
      id: key.id,
      provider: key.provider,
      masked: plain(key.masked),
      status: key.status,
      state: stateOf(key),
      reason: key.reason,
      remark: plain(key.remark),
      weight: key.weight,
      priority: key.priority,
      quotaDomain: plain(key.quotaDomain),
      groups: plain(key.groups?.join(" ") ?? null),
      models: plain(key.models?.join(" ") ?? null),
      concurrentRequests: key.concurrentRequests,
      dailyCostUsd: key.dailyCostUsd,
      monthlyCostUsd: key.monthlyCostUsd,
      createdAt: new Date(key.createdAt).toISOString(),
      lastUsedAt: key.lastUsedAt === null ? null : new Date(key.lastUsedAt).toISOString(),
    }));
    const output = textOption(options, "output");
    if (output === undefined) {
      if (isJson) printJson(keys);
      else console.log(Papa.unparse(rows, { newline: "\n" }));
      return 0;
    }
    const text = isJson ? JSON.stringify(keys, null, 2) : Papa.unparse(rows, { newline: "\r\n" });
    await writeFile(resolve(output), `${text}\n`);
    console.error(`${count(keys.length, "key")} written to ${output}`);
    return 0;
  },
};

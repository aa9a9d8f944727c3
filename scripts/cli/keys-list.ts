import type { Command } from "./command.ts";
import { allListedKeys, FILTER_HELP, FILTER_OPTIONS, stateOf } from "./key-filter.ts";
import { count, printJson, printTable, type Style, time } from "./output.ts";

const STYLES: Readonly<Record<string, Style>> = {
  ready: "green",
  cooling: "yellow",
  blocked: "red",
  disabled: "dim",
};

export const keysList: Command = {
  name: ["keys", "list"],
  usage: "keys list [--provider <slug>] [--status <state>]",
  summary: "List keys, masked",
  optionHelp: FILTER_HELP,
  options: FILTER_OPTIONS,
  positionals: [0, 0],
  async run({ connection, options, isJson }) {
    const keys = await allListedKeys(connection, options);
    if (isJson) {
      printJson(keys);
      return 0;
    }
    if (keys.length > 0) {
      printTable(keys, [
        { title: "id", of: ({ id }) => id, style: () => "dim" },
        { title: "provider", of: ({ provider }) => provider },
        { title: "key", of: ({ masked }) => masked },
        { title: "status", of: stateOf, style: (key) => STYLES[stateOf(key)] ?? "reset" },
        { title: "why", of: ({ reason }) => reason ?? "" },
        { title: "last used", of: ({ lastUsedAt }) => time(lastUsedAt) },
        {
          title: "note",
          of: ({ remark }) => (remark ?? "").replaceAll(/\s+/g, " ").slice(0, 40),
        },
      ]);
    }
    console.error(count(keys.length, "key"));
    return 0;
  },
};

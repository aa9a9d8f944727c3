import type { GroupItem } from "../../lib/manage/groups/list-groups.ts";
import {
  type Command,
  type GivenOptions,
  namesOption,
  numberOption,
  UsageError,
} from "./command.ts";
import type { Connection } from "./connection.ts";
import { count, printJson, printTable } from "./output.ts";

async function listed(connection: Connection): Promise<readonly GroupItem[]> {
  const { items } = await connection.call<{ readonly items: readonly GroupItem[] }>(
    "GET",
    "groups",
  );
  return items;
}

/** @throws {UsageError} if no group has this name or id. */
export async function groupIdOf(connection: Connection, text: string): Promise<string> {
  const groups = await listed(connection);
  const found = groups.find(({ id, name }) => id === text || name === text);
  if (found === undefined) throw new UsageError(`there is no group ${JSON.stringify(text)}`);
  return found.id;
}

/** The groups that an option names; undefined if it is absent. @throws {UsageError} */
export async function groupsOption(
  connection: Connection,
  options: GivenOptions,
): Promise<readonly string[] | undefined> {
  const names = namesOption(options, "groups");
  if (names === undefined) return undefined;
  if (names.length === 0) throw new UsageError("--groups names no group");
  return Promise.all(names.map((name) => groupIdOf(connection, name)));
}

const LIMITS = {
  rpm: "rpm",
  tpm: "tpm",
  concurrent: "concurrentRequests",
  "daily-requests": "dailyRequests",
  "daily-tokens": "dailyTokens",
  "daily-cost": "dailyCostUsd",
  "monthly-cost": "monthlyCostUsd",
} as const;

export const groupsAdd: Command = {
  name: ["groups", "add"],
  usage: "groups add <name>",
  summary: "Add a group, with limits for all of its tokens together",
  optionHelp: {
    "--own-keys-only": "its tokens may not use the common keys",
    "--weight <number>": "1 to 100: its share of common keys",
    "--rpm, --tpm <number>": "requests and tokens per minute",
    "--concurrent <number>": "requests at the same time",
    "--daily-requests, --daily-tokens <number>": "requests and tokens per day (UTC)",
    "--daily-cost, --monthly-cost <dollars>": "US dollars per day and per month (UTC)",
  },
  options: {
    "own-keys-only": { type: "boolean" },
    weight: { type: "string" },
    ...Object.fromEntries(Object.keys(LIMITS).map((name) => [name, { type: "string" } as const])),
  },
  positionals: [1, 1],
  async run({ connection, positionals: [name], options, isJson }) {
    const limits = Object.entries(LIMITS).map(([option, field]) => [
      field,
      numberOption(options, option),
    ]);
    const added = await connection.call<{ readonly id: string }>("POST", "groups", {
      name,
      weight: numberOption(options, "weight"),
      ...(options["own-keys-only"] === true && { usesCommonKeys: false }),
      ...Object.fromEntries(limits),
    });
    if (isJson) printJson(added);
    else console.log(added.id);
    return 0;
  },
};

export const groupsList: Command = {
  name: ["groups", "list"],
  usage: "groups list",
  summary: "Lists groups with their members, tokens and keys",
  optionHelp: {},
  options: {},
  positionals: [0, 0],
  async run({ connection, isJson }) {
    const groups = await listed(connection);
    if (isJson) printJson(groups);
    else {
      printTable(groups, [
        { title: "id", of: ({ id }) => id, style: () => "dim" },
        { title: "name", of: ({ name }) => name },
        { title: "members", isNumber: true, of: ({ members }) => String(members.length) },
        { title: "tokens", isNumber: true, of: ({ tokens }) => String(tokens) },
        { title: "keys", isNumber: true, of: ({ keys }) => String(keys) },
        { title: "common keys", of: ({ usesCommonKeys }) => (usesCommonKeys ? "yes" : "no") },
      ]);
      console.error(count(groups.length, "group"));
    }
    return 0;
  },
};

export const groupsRemove: Command = {
  name: ["groups", "remove"],
  usage: "groups remove <group>",
  summary: "Remove a group that has no keys and no tokens left",
  optionHelp: {},
  options: {},
  positionals: [1, 1],
  async run({ connection, positionals: [group = ""], isJson }) {
    const id = await groupIdOf(connection, group);
    await connection.call("DELETE", `groups/${id}`);
    if (isJson) printJson({ removed: id });
    else console.log(`Removed ${id}`);
    return 0;
  },
};

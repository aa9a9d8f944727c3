import { type Command, type GivenOptions, textOption, UsageError } from "./command.ts";
import { groupsOption } from "./groups.ts";
import { FILTER_HELP, FILTER_OPTIONS } from "./key-filter.ts";
import { count, printJson } from "./output.ts";

/** Fields of the admin API by option. */
const SETTINGS = {
  weight: "weight",
  priority: "priority",
  concurrent: "concurrentRequests",
  "daily-cost": "dailyCostUsd",
  "monthly-cost": "monthlyCostUsd",
} as const;

/** Keys that serve everyone. */
const COMMON = "common";
/** Removes a cap. */
const NONE = "none";

export const keysSet: Command = {
  name: ["keys", "set"],
  usage: "keys set [id …] [--provider <slug>] --daily-cost <dollars>",
  summary: "Set weight, priority and caps of keys",
  optionHelp: {
    ...FILTER_HELP,
    "--weight <number>": "1 to 100: the share of requests",
    "--priority <number>": "0 to 9; 0 is used first",
    "--concurrent <number>": "cap: requests at the same time, or none",
    "--groups <a,b>": "names or ids of the groups that they serve, or common for everyone",
    "--daily-cost, --monthly-cost <dollars>": "cap: US dollars per day and month (UTC), or none",
  },
  options: {
    ...FILTER_OPTIONS,
    groups: { type: "string" },
    ...Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, { type: "string" } as const])),
  },
  positionals: [0, 500],
  async run({ connection, positionals: ids, options, isJson }) {
    const groups =
      textOption(options, "groups") === COMMON ? null : await groupsOption(connection, options);
    const settings = { ...settingsOf(options), ...(groups !== undefined && { groups }) };
    if (Object.keys(settings).length === 0) {
      throw new UsageError("nothing to set. Pass an option such as --daily-cost 5");
    }
    const filter = Object.fromEntries(
      Object.keys(FILTER_OPTIONS).flatMap((name) => {
        const value = textOption(options, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const hasFilter = Object.keys(filter).length > 0;
    if (ids.length === 0 && !hasFilter) {
      throw new UsageError("no keys given. Pass ids, or a filter such as --provider openai");
    }
    if (ids.length > 0 && hasFilter) throw new UsageError("pass ids or a filter, not both");
    const { changed } = await connection.call<{ readonly changed: number }>(
      "POST",
      "provider-keys/change",
      { target: hasFilter ? { filter } : { ids }, change: { kind: "set", settings } },
    );
    if (isJson) printJson({ changed });
    else console.log(`${count(changed, "key")} changed`);
    return changed === 0 ? 1 : 0;
  },
};

function settingsOf(options: GivenOptions): Readonly<Record<string, number | null>> {
  const settings: Record<string, number | null> = {};
  for (const [name, field] of Object.entries(SETTINGS)) {
    const text = textOption(options, name)?.trim();
    if (text === undefined) continue;
    const value = text === NONE ? null : Number(text);
    if (text === "" || (value !== null && !Number.isFinite(value))) {
      throw new UsageError(`--${name} must be a number, or ${NONE}`);
    }
    settings[field] = value;
  }
  return settings;
}

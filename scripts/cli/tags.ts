import type { Settings } from "../../lib/manage/settings/settings-schema.ts";
import type { TagLimit } from "../../lib/tags/tag-limits.ts";
import { type Command, numberOption, UsageError } from "./command.ts";
import type { Connection } from "./connection.ts";
import { count, printJson, printTable } from "./output.ts";

const BUDGETS = {
  "daily-requests": "dailyRequests",
  "daily-tokens": "dailyTokens",
  "daily-cost": "dailyCostUsd",
  "monthly-cost": "monthlyCostUsd",
} as const;

async function readTags(connection: Connection): Promise<Settings["tags"]> {
  return (await connection.call<Settings>("GET", "settings")).tags;
}

export const tagsList: Command = {
  name: ["tags", "list"],
  usage: "tags list",
  summary: "List the budgets of tags",
  optionHelp: {},
  options: {},
  positionals: [0, 0],
  async run({ connection, isJson }) {
    const tags = await readTags(connection);
    if (isJson) printJson(tags);
    else {
      const amount = (value: number | null, before = "") =>
        value === null ? "" : `${before}${value}`;
      printTable(tags.limits, [
        { title: "tag", of: ({ name, value }) => `${name}=${value}` },
        { title: "requests/day", isNumber: true, of: (each) => amount(each.dailyRequests) },
        { title: "tokens/day", isNumber: true, of: (each) => amount(each.dailyTokens) },
        { title: "cost/day", isNumber: true, of: (each) => amount(each.dailyCostUsd, "$") },
        { title: "cost/month", isNumber: true, of: (each) => amount(each.monthlyCostUsd, "$") },
      ]);
      console.error(count(tags.limits.length, "budget"));
    }
    return 0;
  },
};

export const tagsLimit: Command = {
  name: ["tags", "limit"],
  usage: "tags limit <name=value>",
  summary: "Set what all requests with a tag may use together, or remove its budgets",
  optionHelp: {
    "--daily-requests, --daily-tokens <number>": "requests and tokens per day (UTC)",
    "--daily-cost, --monthly-cost <dollars>": "US dollars per day and per month (UTC)",
    "--none": "no budgets any more",
  },
  options: {
    none: { type: "boolean" },
    ...Object.fromEntries(Object.keys(BUDGETS).map((name) => [name, { type: "string" } as const])),
  },
  positionals: [1, 1],
  async run({ connection, positionals: [text = ""], options, isJson }) {
    const { parseTags } = await import("../../lib/tags/tag-text.ts");
    const read = parseTags(text);
    const [tag, ...more] = "tags" in read ? Object.entries(read.tags) : [];
    if (tag === undefined || more.length > 0) throw new UsageError("name one tag: customer=acme");
    const [name, value] = tag;
    const given = Object.entries(BUDGETS).map(
      ([option, field]) => [field, numberOption(options, option)] as const,
    );
    const isNone = options.none === true;
    if (isNone === given.some(([, budget]) => budget !== undefined)) {
      throw new UsageError("give budgets, or --none");
    }
    const { limits } = await readTags(connection);
    const isOther = (limit: TagLimit) => limit.name !== name || limit.value !== value;
    const before = limits.find((limit) => !isOther(limit));
    const set = Object.fromEntries(given.filter(([, budget]) => budget !== undefined));
    const wanted = isNone ? [] : [{ ...before, name, value, ...set }];
    const changes = { limits: [...limits.filter(isOther), ...wanted] };
    const { tags } = await connection.call<Settings>("PATCH", "settings", {
      section: "tags",
      changes,
    });
    if (isJson) printJson(tags);
    else console.log(isNone ? `${text} has no budgets` : `${text} has budgets`);
    return 0;
  },
};

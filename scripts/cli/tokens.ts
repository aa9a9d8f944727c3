import { type Command, namesOption, numberOption, tagsOption, textOption } from "./command.ts";
import { groupIdOf } from "./groups.ts";
import { count, printJson, printTable, time } from "./output.ts";

interface ListedToken {
  readonly id: string;
  readonly name: string;
  readonly masked: string;
  readonly status: string;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
}

const LIMITS = [
  "rpm",
  "tpm",
  "daily-requests",
  "daily-tokens",
  "daily-cost",
  "monthly-cost",
  "unpriced-reserve",
] as const;

/** Fields of the admin API by option. */
const FIELDS: Readonly<Record<(typeof LIMITS)[number], string>> = {
  rpm: "rpm",
  tpm: "tpm",
  "daily-requests": "dailyRequests",
  "daily-tokens": "dailyTokens",
  "daily-cost": "dailyCostUsd",
  "monthly-cost": "monthlyCostUsd",
  "unpriced-reserve": "unpricedReserveUsd",
};

export const tokensCreate: Command = {
  name: ["tokens", "create"],
  usage: "tokens create <name>",
  summary: "Create an access token (shown only once)",
  optionHelp: {
    "--providers <a,b>": "restrict to these providers",
    "--models <a,b>": "restrict to these models; * matches any characters",
    "--expires <date>": "ISO 8601",
    "--group <name>": "name or id of the group that it belongs to",
    "--rpm, --tpm <number>": "requests and tokens per minute",
    "--daily-requests, --daily-tokens <number>": "requests and tokens per day (UTC)",
    "--daily-cost, --monthly-cost <dollars>": "US dollars per day and per month (UTC)",
    "--unpriced-reserve <dollars>": "what a request of unknown price counts for",
    "--fixed-tags <name=value,…>": "tags of all its requests, which callers can't override",
    "--required-tags <a,b>": "reject requests without these tags",
  },
  options: {
    providers: { type: "string" },
    models: { type: "string" },
    expires: { type: "string" },
    group: { type: "string" },
    "fixed-tags": { type: "string" },
    "required-tags": { type: "string" },
    ...Object.fromEntries(LIMITS.map((name) => [name, { type: "string" } as const])),
  },
  positionals: [1, 1],
  async run({ connection, positionals: [name], options, isJson }) {
    const limits = LIMITS.map((limit) => [FIELDS[limit], numberOption(options, limit)]);
    const group = textOption(options, "group");
    const made = await connection.call<{ readonly id: string; readonly token: string }>(
      "POST",
      "access-tokens",
      {
        name,
        providers: namesOption(options, "providers"),
        models: namesOption(options, "models"),
        expiresAt: textOption(options, "expires"),
        ...(group !== undefined && { group: await groupIdOf(connection, group) }),
        fixedTags: await tagsOption(options, "fixed-tags"),
        requiredTags: namesOption(options, "required-tags"),
        ...Object.fromEntries(limits),
      },
    );
    if (isJson) printJson(made);
    else {
      console.error(`Created ${made.id}. This token won't be shown again:`);
      console.log(made.token);
    }
    return 0;
  },
};

export const tokensList: Command = {
  name: ["tokens", "list"],
  usage: "tokens list",
  summary: "Lists access tokens, masked",
  optionHelp: {},
  options: {},
  positionals: [0, 0],
  async run({ connection, isJson }) {
    const tokens: ListedToken[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = `limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: { readonly items: ListedToken[]; readonly nextCursor: string | null } =
        await connection.call("GET", `access-tokens?${query}`);
      tokens.push(...page.items);
      cursor = page.nextCursor;
    }
    if (isJson) printJson(tokens);
    else {
      printTable(tokens, [
        { title: "id", of: ({ id }) => id, style: () => "dim" },
        { title: "name", of: ({ name }) => name },
        { title: "token", of: ({ masked }) => masked },
        {
          title: "status",
          of: ({ status }) => status,
          style: ({ status }) => (status === "active" ? "green" : "yellow"),
        },
        { title: "expires", of: ({ expiresAt }) => time(expiresAt) },
        { title: "last used", of: ({ lastUsedAt }) => time(lastUsedAt) },
      ]);
      console.error(count(tokens.length, "token"));
    }
    return 0;
  },
};

export const tokensRevoke: Command = {
  name: ["tokens", "revoke"],
  usage: "tokens revoke <id>",
  summary: "Revoke an access token permanently",
  optionHelp: {},
  options: {},
  positionals: [1, 1],
  async run({ connection, positionals: [id = ""], isJson }) {
    await connection.call("DELETE", `access-tokens/${encodeURIComponent(id)}`);
    if (isJson) printJson({ revoked: id });
    else console.log(`${id} is revoked`);
    return 0;
  },
};

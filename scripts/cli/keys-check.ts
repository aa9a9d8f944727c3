import { type Command, UsageError } from "./command.ts";
import { allListedKeys, FILTER_HELP, FILTER_OPTIONS, type ListedKey } from "./key-filter.ts";
import { Progress, printJson, printTable } from "./output.ts";

/** How many provider responses are awaited at once. */
const AT_ONCE = 5;

interface Checked {
  readonly outcome: "good" | "bad" | "unclear" | "unreachable" | "no_check";
  readonly words: string;
}

type Result = Pick<ListedKey, "id" | "provider" | "masked"> & Checked;

export const keysCheck: Command = {
  name: ["keys", "check"],
  usage: "keys check [id …] [--provider <slug>]",
  summary: "Validate keys with a free request; block invalid keys and unblock valid ones",
  optionHelp: FILTER_HELP,
  options: FILTER_OPTIONS,
  positionals: [0, 500],
  async run({ connection, positionals: ids, options, isJson }) {
    const hasFilter = Object.keys(FILTER_OPTIONS).some((name) => options[name] !== undefined);
    if (ids.length === 0 && !hasFilter) {
      throw new UsageError("no keys given. Pass ids, or a filter such as --provider openai");
    }
    const listed = await allListedKeys(connection, options);
    const keys = ids.length === 0 ? listed : listed.filter(({ id }) => ids.includes(id));
    const progress = new Progress("Checking", keys.length);
    const results: Result[] = [];
    try {
      for (let at = 0; at < keys.length; at += AT_ONCE) {
        const some = keys.slice(at, at + AT_ONCE).map(async ({ id, provider, masked }) => {
          const path = `provider-keys/${encodeURIComponent(id)}/check`;
          const { outcome, words } = await connection.call<Checked>("POST", path);
          return { id, provider, masked, outcome, words };
        });
        results.push(...(await Promise.all(some)));
        progress.at(results.length);
      }
    } finally {
      progress.end();
    }
    if (isJson) printJson(results);
    else {
      printTable(results, [
        { title: "provider", of: ({ provider }) => provider },
        { title: "key", of: ({ masked }) => masked },
        {
          title: "outcome",
          of: ({ outcome }) => outcome.replace("_", " "),
          style: ({ outcome }) =>
            outcome === "good" ? "green" : outcome === "bad" ? "red" : "yellow",
        },
        { title: "provider message", of: ({ words }) => words.slice(0, 80) },
      ]);
    }
    return results.some(({ outcome }) => outcome === "bad" || outcome === "unreachable") ? 1 : 0;
  },
};

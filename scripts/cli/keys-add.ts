import { type Command, textOption, UsageError } from "./command.ts";
import { count, Progress, printJson } from "./output.ts";
import { readText } from "./read-text.ts";

const CALL_MAX_KEYS = 500;

interface Added {
  readonly added: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

export const keysAdd: Command = {
  name: ["keys", "add"],
  usage: "keys add <provider> [file]",
  summary: "Add keys from a file or stdin (list, CSV, .env)",
  optionHelp: { "--remark <text>": "note for keys that have none" },
  options: { remark: { type: "string" } },
  positionals: [1, 2],
  async run({ connection, positionals: [provider, file], options, isJson }) {
    const { readPastedKeys } = await import("../../lib/moving-in/read-pasted-keys.ts");
    const { keys } = readPastedKeys(await readText(file));
    if (keys.length === 0) throw new UsageError("this text contains no key");
    const remark = textOption(options, "remark");
    const progress = new Progress("Adding", keys.length);
    let [added, duplicates] = [0, 0];
    const rejected: { readonly line: number; readonly reason: string }[] = [];
    try {
      for (let at = 0; at < keys.length; at += CALL_MAX_KEYS) {
        const call = keys.slice(at, at + CALL_MAX_KEYS);
        const answer = await connection.call<Added>("POST", "provider-keys", {
          provider,
          keys: call.map(({ text, settings }) => ({
            key: text,
            ...(remark && { remark }),
            ...settings,
          })),
        });
        added += answer.added;
        duplicates += answer.duplicates;
        for (const { index, reason } of answer.rejected) {
          rejected.push({ line: call[index]?.line ?? 0, reason });
        }
        progress.at(at + call.length);
      }
    } finally {
      progress.end();
    }
    if (isJson) printJson({ added, duplicates, rejected });
    else {
      console.log(`${count(added, "key")} added, ${duplicates} in the pool already`);
      for (const { line, reason } of rejected) console.error(`line ${line}: ${reason}`);
    }
    return rejected.length > 0 ? 1 : 0;
  },
};

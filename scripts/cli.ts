/**
 * The command line: `npx one-balance <command> …`, for any instance through its admin API. Exit codes: 0 success; 1
 * rejected, unreachable, or a problem found; 2 invalid usage.
 * @module
 */
import "./resolve-lib.ts";
import { parseArgs, styleText } from "node:util";
import { type Command, type GivenOptions, OPTIONS_OF_ALL, UsageError } from "./cli/command.ts";
import { commands } from "./cli/commands.ts";
import { Connection, RefusedError } from "./cli/connection.ts";
import { commandHelp, help } from "./cli/help.ts";
import { ExpectedError } from "./expected-error.ts";

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isExpected =
    error instanceof UsageError || error instanceof RefusedError || error instanceof ExpectedError;
  if (!isExpected) throw error;
  console.error(`${styleText("red", "one-balance:", { stream: process.stderr })} ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(args: readonly string[]): Promise<number> {
  const command = commands.find(({ name }) => name.every((word, index) => args[index] === word));
  if (command === undefined) {
    const [first] = args;
    if (first === undefined || first === "help" || first === "--help" || first === "-h") {
      console.log(help(commands));
      return 0;
    }
    // An argument may be anything, even a key.
    throw new UsageError(`there is no such command; \`one-balance help\` lists them`);
  }
  const { values, positionals } = parse(command, args.slice(command.name.length));
  if (values.help === true) {
    console.log(commandHelp(command));
    return 0;
  }
  const [least, most] = command.positionals;
  if (positionals.length < least || positionals.length > most) {
    throw new UsageError(`usage: one-balance ${command.usage}`);
  }
  const connection = new Connection(
    text(values.url) ?? process.env.ONE_BALANCE_URL ?? "http://127.0.0.1:8787",
    text(values.token) ?? process.env.ONE_BALANCE_TOKEN ?? "",
  );
  return command.run({ connection, positionals, options: values, isJson: values.json === true });
}

function parse(
  { options, usage }: Command,
  args: readonly string[],
): { readonly values: GivenOptions; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...OPTIONS_OF_ALL, ...options },
    });
  } catch (error) {
    // Node's messages name the option, and are written for users.
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.split(". ")[0]}\nusage: one-balance ${usage}`);
  }
}

function text(value: GivenOptions[string]): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

import type { Command } from "./command.ts";

const SHARED = `Global options:
  --url <address>    instance URL (default: ONE_BALANCE_URL, or http://127.0.0.1:8787)
  --token <token>    admin token (default: ONE_BALANCE_TOKEN)
  --json             print JSON to stdout
  -h, --help         show help

Exit codes: 0 success; 1 rejected, unreachable, or a fault found; 2 invalid usage.`;

export function help(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`);
  return `Usage: one-balance <command> [options]\n\n${lines.join("\n")}\n\n${SHARED}`;
}

export function commandHelp({ usage, summary, optionHelp }: Command): string {
  const width = Math.max(0, ...Object.keys(optionHelp).map((option) => option.length));
  const lines = Object.entries(optionHelp).map(
    ([option, words]) => `  ${option.padEnd(width)}  ${words}`,
  );
  const own = lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
  return `Usage: one-balance ${usage}\n\n${summary}\n\n${own}${SHARED}`;
}

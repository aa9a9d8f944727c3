import type { Command } from "./command.ts";

export const setup: Command = {
  name: ["setup"],
  usage: "setup <client>",
  summary: "Tells a program here of the pool: claude-code, codex, gemini-cli, opencode, cursor …",
  optionHelp: {
    "--model <name>": "what to ask for at first: {provider}/{model}, or an alias",
    "--print": "shows what would be written, and writes nothing",
    "--undo": "puts back what was there before",
    "--token <token>": "an access token, or an admin token, of which one is made for the program",
  },
  options: {
    model: { type: "string" },
    print: { type: "boolean" },
    undo: { type: "boolean" },
  },
  positionals: [1, 1],
  // Its imports from lib/ work only once `resolve-lib.ts` has run.
  run: async (call) => (await import("../setup/run-setup.ts")).runSetup(call),
};

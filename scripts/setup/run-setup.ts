import { homedir, hostname } from "node:os";
import { clientSnippets, type Snippet } from "../../lib/snippets/client-snippets.ts";
import { type Call, textOption, UsageError } from "../cli/command.ts";
import { type Connection, RefusedError } from "../cli/connection.ts";
import { printJson } from "../cli/output.ts";
import { ExpectedError } from "../expected-error.ts";
import { chooseModel, type ListedModel } from "./choose-model.ts";
import {
  type ClientFile,
  type ClientSetup,
  SETUPS,
  type SetUpClient,
  type Surroundings,
} from "./client-files.ts";
import { BACKUP_ENDING, type Outcome, plan, readConfig, undo, write } from "./config-file.ts";

/** Other names that people use. */
const SYNONYMS: Readonly<Record<string, string>> = { claude: "claude-code", gemini: "gemini-cli" };

/** Printed instead of a token that would have to be created. */
const PLACEHOLDER = "YOUR_TOKEN";

const ANYTHING = { providers: null, models: null };

/** @returns The exit code. @throws {UsageError}, {RefusedError}, {ExpectedError} */
export async function runSetup({
  connection,
  positionals: [given = ""],
  options,
  isJson,
}: Call): Promise<number> {
  const name = SYNONYMS[given] ?? given;
  const client = isSetUp(name) ? SETUPS[name] : null;
  const surroundings = { home: homedir(), env: process.env };
  if (options.undo === true) {
    if (client === null) throw new UsageError(`nothing was written for ${JSON.stringify(given)}`);
    return printUndone(await undoAll(client, surroundings), client, isJson);
  }
  if (client === null) return printManualSteps(name, connection, isJson);
  const isPrinted = options.print === true;
  const made = await prepare(
    client,
    connection,
    surroundings,
    textOption(options, "model") ?? "",
    isPrinted,
  );
  const planned = await Promise.all(made.files.map(({ path, format }) => plan(path, format)));
  if (isPrinted) {
    if (isJson) printJson(planned.map(({ path, after }) => ({ path, text: after })));
    else for (const { path, after } of planned) console.log(`# ${path}\n${after}`);
    return 0;
  }
  const outcomes: Outcome[] = [];
  for (const file of planned) outcomes.push(await write(file));
  const files = planned.map(({ path }, index) => ({ path, outcome: outcomes[index] }));
  if (isJson) {
    printJson({ client: name, url: connection.url, model: made.model, files });
    return 0;
  }
  for (const { path, outcome } of files) {
    console.log(
      outcome === "unchanged"
        ? `${path} is as it should be`
        : `${path} is written; before: ${path}${BACKUP_ENDING}`,
    );
  }
  const asksFor = made.model === null ? "its own choice of model" : made.model;
  console.log(`${client.label} asks ${connection.url} for ${asksFor}. Start it: ${client.command}`);
  printOverriding(client);
  return 0;
}

function isSetUp(name: string): name is SetUpClient {
  return Object.hasOwn(SETUPS, name);
}

interface Prepared {
  readonly files: readonly ClientFile[];
  /** Null for the client's own choice. */
  readonly model: string | null;
}

/** Determines everything that wasn't given. @throws {RefusedError}, {ExpectedError} */
async function prepare(
  client: ClientSetup,
  connection: Connection,
  surroundings: Surroundings,
  wanted: string,
  isPrinted: boolean,
): Promise<Prepared> {
  const origin = connection.url;
  const saved = await savedSetup(client, surroundings);
  const isSameInstance = saved.address.startsWith(`${origin}/`) || saved.address === origin;
  const before = isSameInstance ? saved : { token: "", model: "" };
  const { token, models } = await usableToken(client, connection, before.token, isPrinted);
  const choice = chooseModel(client.door, models, wanted, before.model);
  const files = client.files({ origin, token }, choice, surroundings);
  return { files, model: client.door === null ? choice.model : choice.own };
}

const NOWHERE = { origin: "", token: "" };
const NO_CHOICE = { model: "", own: null, others: [] };

/** What the client's own file currently says about us. */
async function savedSetup(client: ClientSetup, surroundings: Surroundings) {
  const [first] = client.files(NOWHERE, NO_CHOICE, surroundings);
  if (first === undefined) throw new TypeError("every client has a file");
  const planned = await plan(first.path, first.format);
  return client.saved(first.format.read(await readConfig(planned.path)));
}

/**
 * A token that works, and its models: the given one, or one created for this client with an admin token; one that is
 * already in the client's file is kept.
 */
async function usableToken(
  client: ClientSetup,
  connection: Connection,
  before: string,
  isPrinted: boolean,
): Promise<{ readonly token: string; readonly models: readonly ListedModel[] }> {
  await connection.ping();
  if (before !== "" && (connection.token === "" || (await connection.isAdmin()))) {
    const models = await modelsOf(connection, before);
    if (models !== null) return { token: before, models };
  }
  if (connection.token === "") {
    throw new ExpectedError(
      "give an access token, or an admin token, as ONE_BALANCE_TOKEN or with --token",
    );
  }
  const models = await modelsOf(connection, connection.token);
  if (models === null) {
    throw new RefusedError(`${connection.url} does not know this token, or it has expired`, 401);
  }
  if (!(await connection.isAdmin())) return { token: connection.token, models };
  if (isPrinted) return { token: PLACEHOLDER, models };
  const made = await connection.call<{ readonly token: string }>("POST", "access-tokens", {
    name: `${client.label} on ${hostname()}`.slice(0, 60),
  });
  return { token: made.token, models };
}

/** Null if the token isn't accepted. */
async function modelsOf(
  connection: Connection,
  token: string,
): Promise<readonly ListedModel[] | null> {
  const answer = await connection.get<{ readonly data: readonly ListedModel[] }>(
    "/v1/models",
    token,
  );
  return answer?.data ?? null;
}

async function undoAll(client: ClientSetup, surroundings: Surroundings) {
  const files = client.files(NOWHERE, NO_CHOICE, surroundings);
  const outcomes: { readonly path: string; readonly outcome: Outcome }[] = [];
  for (const { path, format } of files) outcomes.push({ path, outcome: await undo(path, format) });
  return outcomes;
}

const UNDONE: Readonly<Record<Outcome, string>> = {
  absent: "has nothing of One Balance",
  deleted: "is deleted: there was none before",
  restored: "is as it was before",
  unchanged: "is unchanged",
  written: "is written",
};

function printUndone(
  files: readonly { readonly path: string; readonly outcome: Outcome }[],
  { label }: ClientSetup,
  isJson: boolean,
): number {
  if (isJson) printJson({ files });
  else for (const { path, outcome } of files) console.log(`${path} ${UNDONE[outcome]}`);
  const isUndone = files.some(({ outcome }) => outcome !== "absent");
  if (isUndone) console.error(`A token that was made for ${label} stays until you revoke it.`);
  return 0;
}

/** A shell's variables take precedence over the file. */
function printOverriding({ overriding, label }: ClientSetup): void {
  const set = overriding.filter((name) => process.env[name] !== undefined);
  if (set.length > 0) {
    console.error(`! This shell has ${set.join(", ")}, which ${label} reads too: unset it.`);
  }
}

/** Clients whose settings are in a window, or in one's own program. */
function printManualSteps(name: string, connection: Connection, isJson: boolean): number {
  const token = connection.token === "" ? PLACEHOLDER : connection.token;
  const snippets = clientSnippets({ origin: connection.url, token, ...ANYTHING });
  const found = snippets.find(({ client }) => client === name);
  if (found === undefined) {
    const names = snippets.map(({ client }) => client);
    throw new UsageError(`there is no such client; known are ${names.join(", ")}`);
  }
  if (isJson) printJson(found);
  else console.log(asText(found));
  if (name === "cursor" && /\/\/(?:127\.|localhost|\[::1\])/.test(connection.url)) {
    console.error(
      "! Cursor's servers make the calls: they cannot reach an address of this machine.",
    );
  }
  return 0;
}

function asText(snippet: Snippet): string {
  if (snippet.kind === "code") return snippet.code;
  const named = { type: "Type", baseUrl: "Base URL", key: "API key", model: "Model" } as const;
  return snippet.settings.map(({ name, value }) => `${named[name].padEnd(9)} ${value}`).join("\n");
}

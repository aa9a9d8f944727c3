/**
 * A Cloudflare account on loopback: the parts of its API that the deployment calls, and behind `wrangler-stand-in.sh`
 * the wrangler commands it uses, with responses as wrangler 4.164 prints them.
 * @module
 */
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parse } from "smol-toml";
import { root } from "../../scripts/root.ts";

interface WranglerCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly accountId: string | null;
  /** Text of the file after `--config`. */
  readonly config: string | null;
  /** Text of the file with secrets. */
  readonly secrets: string | null;
}

interface WranglerAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly report?: unknown;
}

/** What the account contains; tests set it up and read it. */
export interface Account {
  readonly id: string;
  isLoggedIn: boolean;
  /** Paths and commands that the login may not use. */
  forbidden: RegExp | null;
  /** Commands that fail, with what wrangler prints. */
  failing: { readonly command: RegExp; readonly output: string } | null;
  readonly databases: { readonly uuid: string; readonly name: string }[];
  readonly gateways: Map<string, Record<string, unknown>>;
  /** Secrets by the Worker or Pages project. */
  readonly workers: Map<string, Record<string, string>>;
  readonly projects: Map<string, Record<string, string>>;
  /** Classes of Durable Objects by the Worker that has them, as its migrations created and deleted them. */
  readonly classes: Map<string, { tag: string; readonly names: Set<string> }>;
  /** A compatibility flag that the platform does not know. */
  unknownFlag: string | null;
  /** What the deployment reads from the database. */
  stored: { admins: number; secretIds: readonly string[] };
  /** What the databases contain: one for all, which is enough. */
  readonly sqlite: DatabaseSync;
  /** The address of a deployment. */
  address: string;
}

export interface CloudflareStandIn {
  /** Different for each account. */
  readonly accountId: string;
  readonly account: Account;
  /** `CLOUDFLARE_API_BASE_URL`. */
  readonly apiUrl: string;
  /** `wrangler …` and `METHOD path`, oldest first. */
  readonly calls: string[];
  readonly wranglerCalls: WranglerCall[];
  close(): Promise<void>;
}

const NO_PERMISSION = `✘ [ERROR] A request to the Cloudflare API failed.\n\n  Authentication error [code: 10000]\n`;

export async function startCloudflareStandIn(): Promise<CloudflareStandIn> {
  const accountId = crypto.randomUUID().replaceAll("-", "");
  const account: Account = {
    id: accountId,
    isLoggedIn: true,
    forbidden: null,
    failing: null,
    databases: [],
    gateways: new Map(),
    workers: new Map(),
    projects: new Map(),
    classes: new Map(),
    unknownFlag: null,
    stored: { admins: 0, secretIds: [] },
    sqlite: new DatabaseSync(":memory:"),
    address: "",
  };
  const calls: string[] = [];
  const wranglerCalls: WranglerCall[] = [];
  const server = createServer(async (request, response) => {
    const text = await readText(request);
    const path = (request.url ?? "").replace(/^\/client\/v4/, "");
    if (path === "/wrangler") {
      const { call, reportFile } = readCall(text);
      wranglerCalls.push(call);
      calls.push(`wrangler ${call.args.join(" ")}`);
      const { stdout = "", stderr = "", exitCode = 0, report } = runWrangler(account, call);
      if (report !== undefined) writeFileSync(reportFile, `${JSON.stringify(report)}\n`);
      response.end(`${exitCode} ${Buffer.byteLength(stdout)}\n${stdout}${stderr}`);
      return;
    }
    const body: unknown = text === "" ? null : JSON.parse(text);
    calls.push(`${request.method} ${path}`);
    const { status, result } = answerApi(account, request, path, body);
    const errors = status < 400 ? [] : [{ code: 10000, message: "Authentication error" }];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ success: status < 400, errors, messages: [], result }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    accountId,
    account,
    apiUrl: `http://127.0.0.1:${address.port}/client/v4`,
    calls,
    wranglerCalls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

/** What `wrangler-stand-in.sh` sends; the files that the call names are read here. */
function readCall(text: string): { readonly call: WranglerCall; readonly reportFile: string } {
  const [cwd = "", accountId = "", reportFile = "", ...args] = text.split("\x1f");
  const fileAfter = (option: string): string | null => {
    const file = args[args.indexOf(option) + 1];
    if (!args.includes(option) || file === undefined) return null;
    return readFileSync(resolve(cwd, file), "utf8");
  };
  const call = {
    args,
    cwd,
    accountId: accountId === "" ? null : accountId,
    config: fileAfter("--config"),
    secrets: fileAfter(args.includes("bulk") ? "bulk" : "--secrets-file"),
  };
  return { call, reportFile };
}

function answerApi(
  account: Account,
  { method, headers }: IncomingMessage,
  path: string,
  body: unknown,
): { status: number; result: unknown } {
  if (headers.authorization !== "Bearer fake-cloudflare-token")
    return { status: 401, result: null };
  if (account.forbidden?.test(`${method} ${path}`)) return { status: 403, result: null };
  const [, gatewayName] =
    /^\/accounts\/[0-9a-f]{32}\/ai-gateway\/gateways(?:\/(.+))?$/.exec(path) ?? [];
  if (/^\/accounts\/[0-9a-f]{32}\/d1\/database\/[0-9a-f-]{36}\/query$/.test(path)) {
    const { sql, params } = body as { sql: string; params: (string | number | null)[] };
    const results = account.sqlite.prepare(sql).all(...params);
    return { status: 200, result: [{ results, success: true, meta: {} }] };
  }
  if (method === "POST") {
    const gateway = body as { id: string };
    account.gateways.set(gateway.id, gateway);
    return { status: 200, result: gateway };
  }
  if (gatewayName !== undefined) return found(account.gateways.get(gatewayName));
  const [, serviceName] = /^\/accounts\/[0-9a-f]{32}\/workers\/services\/(.+)$/.exec(path) ?? [];
  if (serviceName !== undefined) {
    if (!account.workers.has(serviceName)) return found(undefined);
    const tag = account.classes.get(serviceName)?.tag ?? null;
    return found({ id: serviceName, default_environment: { script: { migration_tag: tag } } });
  }
  const [, projectName = ""] = /^\/accounts\/[0-9a-f]{32}\/pages\/projects\/(.+)$/.exec(path) ?? [];
  const secrets = account.projects.get(projectName);
  if (secrets === undefined) return found(undefined);
  const envVars = Object.fromEntries(
    Object.keys(secrets).map((name) => [name, { type: "secret_text", value: "" }]),
  );
  return found({
    name: projectName,
    subdomain: `${projectName}.pages.dev`,
    domains: [`${projectName}.pages.dev`],
    deployment_configs: { production: { env_vars: envVars } },
  });
}

function found(result: unknown): { status: number; result: unknown } {
  return result === undefined ? { status: 404, result: null } : { status: 200, result };
}

function runWrangler(
  account: Account,
  { args, secrets, config, cwd }: WranglerCall,
): WranglerAnswer {
  const command = args.join(" ");
  if (account.failing?.command.test(command))
    return { stderr: account.failing.output, exitCode: 1 };
  if (account.forbidden?.test(`wrangler ${command}`)) return { stderr: NO_PERMISSION, exitCode: 1 };
  const option = (name: string) => args[args.indexOf(name) + 1] ?? "";
  switch (args.slice(0, 2).join(" ")) {
    case "whoami --json":
      return account.isLoggedIn
        ? json({
            loggedIn: true,
            authType: "User API Token",
            email: "ada@example.com",
            accounts: [{ id: account.id, name: "Ada's account" }],
          })
        : { stdout: `{"loggedIn":false}\n`, exitCode: 1 };
    case "auth token":
      return json({ type: "api_token", token: "fake-cloudflare-token" });
    case "d1 list":
      return json(account.databases);
    case "d1 create":
      account.databases.push({ uuid: crypto.randomUUID(), name: args[2] ?? "" });
      return { stdout: `✅ Successfully created DB '${args[2]}'\n` };
    case "d1 migrations":
      migrate(account.sqlite);
      return { stdout: "🚣 Executed migrations\n" };
    case "d1 execute": {
      const { admins, secretIds } = account.stored;
      const row = { admins, secretIds: JSON.stringify(secretIds) };
      return json([{ results: [row], success: true, meta: { duration: 0.2 } }]);
    }
    case "secret list": {
      const worker = account.workers.get(option("--name"));
      if (worker === undefined) {
        const words = `Worker "${option("--name")}" not found.\n\nIf this is a new Worker, run \`wrangler deploy\` first to create it.`;
        return { stderr: `✘ [ERROR] ${words}\n`, exitCode: 1 };
      }
      return json(Object.keys(worker).map((name) => ({ name, type: "secret_text" })));
    }
    case "pages project":
      account.projects.set(args[3] ?? "", {});
      return { stdout: "✨ Successfully created the project.\n" };
    case "pages secret": {
      const project = account.projects.get(option("--project-name"));
      Object.assign(project ?? {}, JSON.parse(secrets ?? "{}"));
      return { stdout: "✨ secrets successfully uploaded\n" };
    }
    case "pages deploy":
      if (refusesFlag(account, readFileSync(join(cwd, "wrangler.toml"), "utf8"))) {
        return unknownFlag(account);
      }
      return {
        stdout: "✨ Deployment complete!\n",
        report: { type: "pages-deploy", version: 1, url: account.address },
      };
    default: {
      if (args[0] === "delete") {
        account.workers.delete(args[1] ?? "");
        account.classes.delete(args[1] ?? "");
        return { stdout: `Successfully deleted ${args[1]}\n` };
      }
      if (args[0] !== "deploy") return { stderr: `Unknown command: ${command}`, exitCode: 1 };
      if (refusesFlag(account, config ?? "")) return unknownFlag(account);
      const {
        name,
        migrations = [],
        durable_objects,
      } = parse(config ?? "") as unknown as WorkerToml;
      const problem = migrateClasses(account, name, migrations);
      if (problem !== null) return { stderr: `✘ [ERROR] ${problem}\n`, exitCode: 1 };
      account.workers.set(name, { ...account.workers.get(name), ...JSON.parse(secrets ?? "{}") });
      const report = { type: "deploy", version: 1, worker_name: name, targets: [account.address] };
      for (const { class_name } of durable_objects?.bindings ?? []) {
        if (!account.classes.get(name)?.names.has(class_name)) {
          return { stderr: `✘ [ERROR] no such Durable Object class: ${class_name}\n`, exitCode: 1 };
        }
      }
      return { stdout: `Uploaded ${name}\n`, report };
    }
  }
}

/** What is read from a Worker's configuration. */
interface WorkerToml {
  readonly name: string;
  readonly durable_objects?: { readonly bindings: readonly { readonly class_name: string }[] };
  readonly migrations?: readonly {
    readonly tag: string;
    readonly new_sqlite_classes?: readonly string[];
    readonly deleted_classes?: readonly string[];
  }[];
}

/** As wrangler and the platform do: applies what comes after the Worker's newest migration. @returns What is wrong. */
function migrateClasses(
  account: Account,
  worker: string,
  migrations: NonNullable<WorkerToml["migrations"]>,
): string | null {
  const state = account.classes.get(worker) ?? { tag: "", names: new Set<string>() };
  const done = migrations.findIndex(({ tag }) => tag === state.tag);
  if (state.tag !== "" && done === -1) return `migration ${state.tag} is not in the configuration`;
  for (const { tag, new_sqlite_classes = [], deleted_classes = [] } of migrations.slice(done + 1)) {
    for (const name of new_sqlite_classes) {
      if (state.names.has(name)) return `class ${name} is there already`;
      state.names.add(name);
    }
    for (const name of deleted_classes) {
      if (!state.names.delete(name)) return `class ${name} is not there`;
    }
    state.tag = tag;
    account.classes.set(worker, state);
  }
  return null;
}

function refusesFlag({ unknownFlag }: Account, config: string): boolean {
  return unknownFlag !== null && config.includes(`"${unknownFlag}"`);
}

function unknownFlag({ unknownFlag }: Account): WranglerAnswer {
  const words = `No such compatibility flag: ${unknownFlag} [code: 10021]`;
  return {
    stderr: `✘ [ERROR] A request to the Cloudflare API failed.\n\n  ${words}\n`,
    exitCode: 1,
  };
}

/** As `wrangler d1 migrations apply` does. */
export function migrate(sqlite: DatabaseSync): void {
  const folder = join(root, "drizzle");
  sqlite.exec(
    "create table if not exists d1_migrations (id integer primary key, name text unique)",
  );
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  for (const name of names.toSorted()) {
    if (sqlite.prepare("select 1 from d1_migrations where name = ?").get(name)) continue;
    sqlite.exec(readFileSync(join(folder, name), "utf8"));
    sqlite.prepare("insert into d1_migrations (name) values (?)").run(name);
  }
}

function json(value: unknown): WranglerAnswer {
  return { stdout: `${JSON.stringify(value, null, 2)}\n` };
}

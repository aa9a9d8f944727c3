/**
 * The settings that `npm start` reads from the environment and `.dev.vars`, validated before anything is built or
 * served.
 * @module
 */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { parseAuthKey } from "../lib/db/tokens/parse-auth-key.ts";
import { VARIABLES } from "../lib/env.ts";
import { ConfigError, readProxyConfig } from "../lib/proxy/config.ts";
import { ExpectedError } from "./expected-error.ts";
import { readTrust, type Trust } from "./front/trusted-proxies.ts";
import { DEFAULT_HOST, isLoopback, parseHost } from "./listen-address.ts";
import { root } from "./root.ts";

export interface Settings {
  readonly port: number;
  /** A name or an address of this machine, on which to listen. */
  readonly host: string;
  /** Which proxies are trusted to report a request's origin. */
  readonly trust: Trust;
  /** Absolute. */
  readonly dataDir: string;
  /** Variables for the Worker; only those that are set. */
  readonly vars: Readonly<Record<string, string>>;
}

/** What the local server itself reads, from the environment only; the Worker gets none of it. */
export const SERVER_VARIABLES = [
  "PORT",
  "HOST",
  "DATA_DIR",
  "TRUSTED_PROXIES",
  "TRUSTED_HEADER",
] as const;

type Variables = Readonly<NodeJS.Dict<string>>;

/** Settings of this process. */
export async function readSettings(): Promise<Settings> {
  return settingsFrom(process.env, await readDevVars());
}

/**
 * The environment takes precedence over `.dev.vars`; empty counts as not set. Throws `ExpectedError` for an invalid
 * value.
 */
export function settingsFrom(environment: Variables, devVars: Variables): Settings {
  const vars: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = environment[name] || devVars[name];
    if (value) vars[name] = value;
  }
  checkWorkerVars(vars);
  const host = readHost(environment.HOST);
  // If only this machine has access, others come through a proxy that runs here. If others have direct access, proxies
  // must be configured.
  const proxies = host === "localhost" || isLoopback(host) ? "loopback" : "none";
  return {
    port: readPort(environment.PORT),
    host,
    trust: readTrust(environment.TRUSTED_PROXIES || proxies, environment.TRUSTED_HEADER),
    dataDir: resolve(root, environment.DATA_DIR || ".data"),
    vars,
  };
}

async function readDevVars(): Promise<Variables> {
  const file = join(root, ".dev.vars");
  try {
    return parseEnv(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new ExpectedError(`.dev.vars cannot be read: ${String(error)}`);
  }
}

function readPort(value: string | undefined): number {
  if (!value) return 8787;
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) {
    throw new ExpectedError(`PORT must be a number from 0 to 65535, but is "${value}"`);
  }
  return port;
}

function readHost(value: string | undefined): string {
  const host = parseHost(value || DEFAULT_HOST);
  if (host === null) {
    throw new ExpectedError(`HOST must be an address or a name of this machine, but is "${value}"`);
  }
  return host;
}

/** Uses the Worker's own parsers, so that what it would reject is rejected before it starts. */
function checkWorkerVars(vars: Readonly<Record<string, string>>): void {
  const [problem] = parseAuthKey(vars.AUTH_KEY ?? "").problems;
  if (problem !== undefined) throw new ExpectedError(`AUTH_KEY, ${problem}`);
  try {
    readProxyConfig(vars, null);
  } catch (error) {
    throw error instanceof ConfigError ? new ExpectedError(error.message) : error;
  }
}

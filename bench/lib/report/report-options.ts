/**
 * The report's options: peers from the command line, sizes from variables.
 * @module
 */
import { parseArgs } from "node:util";
import { BARE, MINIMAL, OURS } from "./report-result.ts";

/** Another program that was started by hand. */
export interface Peer {
  readonly name: string;
  /** Of its chat completions. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether its pool has the 20 keys. */
  readonly hasPool: boolean;
}

export interface ReportOptions {
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly limitedRounds: number;
  readonly clients: readonly number[];
  readonly bodiesKb: readonly number[];
  readonly seed: number;
  /** 0 for a free one, which peers couldn't know. */
  readonly upstreamPort: number;
}

/** Where peers find the upstream. */
const PEERS_UPSTREAM_PORT = 9100;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * @param args `--peer name=url`, `--peer-header name=header: value`, `--peer-pool name`; each may be repeated. A
 *   header's `$NAME` stands for that variable.
 * @throws {Error} for an option that isn't understood
 */
export function readReportOptions(args: readonly string[], env: Variables): ReportOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peer: { type: "string", multiple: true, default: [] },
      "peer-header": { type: "string", multiple: true, default: [] },
      "peer-pool": { type: "string", multiple: true, default: [] },
    },
  });
  const urls = values.peer.map((text) => named(text, "--peer"));
  const names = new Set<string>([BARE, MINIMAL, OURS]);
  for (const { name } of urls) {
    if (names.has(name)) throw new Error(`there are two contenders named ${name}`);
    names.add(name);
  }
  const isPeer = (name: string) => urls.some((url) => url.name === name);
  const headers = values["peer-header"].map((text) => named(text, "--peer-header"));
  for (const name of [...headers.map((header) => header.name), ...values["peer-pool"]]) {
    if (!isPeer(name)) throw new Error(`there is no --peer ${name}`);
  }
  const number = (name: string, otherwise: number) => positive(env[name], name, otherwise);
  const list = (name: string, otherwise: string) =>
    (env[name] ?? otherwise).split(",").map((text) => positive(text, name, 0));
  return {
    peers: urls.map(({ name, value }) => ({
      name,
      url: peerUrl(value),
      headers: Object.fromEntries(
        headers.filter((header) => header.name === name).map(({ value }) => header(value, env)),
      ),
      hasPool: values["peer-pool"].includes(name),
    })),
    rounds: number("REPORT_ROUNDS", 4),
    secondsPerRound: number("REPORT_SECONDS", 1),
    limitedRounds: number("REPORT_LIMITED_ROUNDS", 8),
    clients: list("REPORT_CLIENTS", "1,16,64"),
    bodiesKb: list("REPORT_BODIES_KB", "1,100,1000"),
    seed: number("SEED", 1),
    upstreamPort: number("REPORT_UPSTREAM_PORT", urls.length > 0 ? PEERS_UPSTREAM_PORT : 0),
  };
}

function named(text: string, option: string): { readonly name: string; readonly value: string } {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`${option} needs name=…: ${text}`);
  return { name, value };
}

function peerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  // The load generator writes HTTP/1.1 itself; TLS and the network would be measured with the peer.
  if (url?.protocol !== "http:") throw new Error(`a peer's address begins with http://: ${text}`);
  return url;
}

function header(text: string, env: Variables): [string, string] {
  const [, name, value] = /^([\w-]+): *(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no header: ${text}`);
  const withValues = value.replaceAll(/\$(\w+)/g, (whole, variable: string) => {
    const found = env[variable];
    if (found === undefined) throw new Error(`${whole} is not set`);
    return found;
  });
  return [name.toLowerCase(), withValues];
}

function positive(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${name} needs a number: ${text}`);
  return value;
}

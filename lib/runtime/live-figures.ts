/**
 * What only the proxy's memory knows, for the pages that show it: a key's current limits, what requests in progress
 * hold, who hands out leases, and what waits to be written. If the portal runs in its object, it is passed along with
 * the request.
 * @module
 */

import { NO_SPEND, type Spend } from "../budgets/spend";
import type { LeaseSource } from "../db/state/lease-client";
import type { Env } from "../env";
import type { IsolateFigures } from "../manage/usage/read-metrics";
import type { KnownLimit } from "../pool/types";
import type { TraceFigures } from "../traces/trace-exporter";
import { platform } from "./platform";
import { sharedLeases, sharedRecorder, sharedState } from "./shared-state";
import { sharedTraces } from "./traces";

/** Only on requests for these pages; the client's own value is removed. */
const HEADER = "x-one-balance-live";
/** The most holders; the rest is left out, because a header has limited space. */
const HOLDERS_MAX = 100;
const MODELS_MAX = 50;

interface LiveFigures {
  /** By model in use. */
  readonly limits?: readonly { readonly model: string; readonly limits: readonly KnownLimit[] }[];
  /** By holder, a token's or a member's id. */
  readonly held?: Readonly<Record<string, Spend>>;
  readonly leases?: LeaseSource;
  readonly isolate?: IsolateFigures;
  readonly traces?: TraceFigures;
}

/** The request for one of those pages with their figures; any other unchanged. */
export function withLiveFigures(request: Request, env: Env): Request {
  const { pathname, searchParams } = new URL(request.url);
  const figures = figuresFor(pathname, searchParams, env);
  if (figures === null && !request.headers.has(HEADER)) return request;
  const headers = new Headers(request.headers);
  // Names of models may contain any character, a header only some.
  if (figures !== null) headers.set(HEADER, encodeURIComponent(JSON.stringify(figures)));
  else headers.delete(HEADER);
  return new Request(request, { headers });
}

function figuresFor(pathname: string, query: URLSearchParams, env: Env): LiveFigures | null {
  if (
    pathname === "/tokens/budgets" ||
    pathname === "/api/admin/budgets" ||
    pathname.startsWith("/team/groups")
  ) {
    return { held: Object.fromEntries(sharedRecorder(env).ledger.held(HOLDERS_MAX)) };
  }
  if (pathname === "/settings/maintenance") return { leases: sharedLeases(env).source };
  if (pathname === "/settings/traces") return { traces: sharedTraces(env).figures };
  if (pathname === "/api/metrics") return { isolate: isolateFigures(env) };
  const [, provider, inPath] = /^\/keys\/([\w-]+)(?:\/(pk_\w+))?$/.exec(pathname) ?? [];
  const keyId = inPath ?? query.get("key");
  if (provider === undefined || keyId === null) return null;
  return { limits: knownLimits(env, provider, keyId).slice(0, MODELS_MAX) };
}

function knownLimits(env: Env, provider: string, keyId: string) {
  return sharedState(env).everyKey(provider).knownLimits(keyId, platform.nowMs());
}

/** A key's current limits, for a request's response. */
export function liveLimits(headers: Headers, env: Env, provider: string, keyId: string) {
  return read(headers)?.limits ?? knownLimits(env, provider, keyId);
}

/** What a holder's requests in progress hold; null if unknown. */
export function liveHolds(headers: Headers, env: Env): (holderId: string) => Spend | null {
  const held = read(headers)?.held;
  if (held === undefined) return (id) => sharedRecorder(env).ledger.underWay(id);
  return (id) => held[id] ?? NO_SPEND;
}

function isolateFigures(env: Env): IsolateFigures {
  const state = sharedState(env);
  const leases = sharedLeases(env);
  return {
    waiting: { requests: sharedRecorder(env).waiting, changes: state.waitingEvents },
    queued: state.queuedRequests(),
    leases: { by: leases.source.by, held: leases.leases.shared },
    traces: sharedTraces(env).figures,
  };
}

/** Who hands out leases to the isolate that received the request. */
export function liveLeases(headers: Headers, env: Env): LeaseSource {
  return read(headers)?.leases ?? sharedLeases(env).source;
}

/** What became of the traces of the isolate that received the request. */
export function liveTraces(headers: Headers, env: Env): TraceFigures {
  return read(headers)?.traces ?? sharedTraces(env).figures;
}

/** What the isolate that received the request has in memory, for `/api/metrics`. */
export function liveIsolate(headers: Headers, env: Env): IsolateFigures {
  return read(headers)?.isolate ?? isolateFigures(env);
}

function read(headers: Headers): LiveFigures | null {
  const text = headers.get(HEADER);
  return text === null ? null : JSON.parse(decodeURIComponent(text));
}

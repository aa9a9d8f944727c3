/**
 * Tests whether a provider, or AI Gateway, can be reached, free of charge and without changing anything.
 * @module
 */
import { z } from "zod";
import { redact } from "../../crypto/redact";
import { openSealed } from "../../crypto/seal";
import { listProviderKeyIds, readSealedKeys } from "../../db/keys/provider-keys";
import { judgeAnswer } from "../../providers/answers/judge-answer";
import { type CheckRequest, type CheckUpstream, checkRequest } from "../../providers/check-request";
import { ProviderPathError } from "../../providers/provider-path-error";
import type { KeyCheck, Provider, Route, Verdict } from "../../providers/types";
import { openai } from "../../providers/vendors/openai";
import { knownProvider } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** Null: the gateway itself. */
export const testUpstreamInput = z.strictObject({ provider: z.string().max(60).nullable() });
export type TestUpstreamInput = z.output<typeof testUpstreamInput>;

export type UpstreamOutcome =
  /** It responded, and accepted the key if one was sent. */
  | "ok"
  /** Called without a key, it asks for one: it is reachable. */
  | "key_wanted"
  | "key_refused"
  /** The key's limits or credit are used up: it is reachable. */
  | "limited"
  | "region_denied"
  /** AI Gateway rejects our token, or doesn't know the gateway or the provider. */
  | "gateway_refused"
  /** There is a server, but not this API: the address may be wrong. */
  | "not_found"
  /** It reported a failure. */
  | "failing"
  /** A response that no rule explains. */
  | "unclear"
  | "unreachable"
  /** Its address depends on each request: there is nothing to call. */
  | "no_address";

export interface UpstreamTest {
  readonly outcome: UpstreamOutcome;
  /** Null if nothing was called. */
  readonly route: Route | null;
  /** Until the response was read, in milliseconds; null without one. */
  readonly elapsedMs: number | null;
  /** HTTP status; null without a response. */
  readonly status: number | null;
  /** Masked; null if none was sent. */
  readonly key: string | null;
  /** The response's or the network's message, redacted; may be empty. */
  readonly words: string;
}

/** If a provider has no free call: any response of its base address shows that it is reachable. */
const BASE: KeyCheck = { method: "GET", path: "" };

/**
 * A provider is called by the route of its requests, with its newest active key if there is one.
 * @throws {ManageError} `invalid_input` for an unknown provider; `not_configured` without a gateway.
 */
export async function testUpstream(
  context: ManageContext,
  input: TestUpstreamInput,
  upstream: CheckUpstream,
): Promise<UpstreamTest> {
  if (input.provider === null) {
    if (upstream.gatewayUrl === null) {
      throw new ManageError("not_configured", "no AI Gateway is configured");
    }
    // Any provider will do: the gateway checks its own token first.
    const throughGateway = { ...upstream, goesDirect: () => false };
    return ask(context, openai, null, throughGateway);
  }
  const provider = await knownProvider(context, input.provider);
  return ask(context, provider, await newestKey(context, provider), upstream);
}

interface PooledKey {
  readonly masked: string;
  readonly text: string;
}

async function newestKey(
  { db, secrets, nowMs }: ManageContext,
  { slug }: Provider,
): Promise<PooledKey | null> {
  if (secrets === null) return null;
  const filter = { provider: slug, status: "active" } as const;
  const ids = await listProviderKeyIds(db, filter, nowMs(), 1);
  const [key] = await readSealedKeys(db, ids);
  return key ? { masked: key.masked, text: await openSealed(key.sealed, secrets, key) } : null;
}

async function ask(
  { nowMs }: ManageContext,
  provider: Provider,
  key: PooledKey | null,
  upstream: CheckUpstream,
): Promise<UpstreamTest> {
  const known = { key: key?.masked ?? null, elapsedMs: null, status: null };
  let request: CheckRequest;
  try {
    request = checkRequest(provider, provider.keyCheck ?? BASE, key?.text ?? null, upstream);
  } catch (error) {
    if (!(error instanceof ProviderPathError)) throw error;
    return { ...known, outcome: "no_address", route: null, words: error.message };
  }
  const { url, init, route } = request;
  const secrets = key === null ? [] : [key.text];
  const startMs = nowMs();
  try {
    const response = await upstream.fetch(url, init);
    const { status, headers } = response;
    const text = await response.text();
    const elapsedMs = nowMs() - startMs;
    const verdict = judgeAnswer({ provider, status, headers, text, nowMs: nowMs() });
    const outcome = outcomeOf(verdict, status, provider, key);
    return { ...known, outcome, route, elapsedMs, status, words: redact(verdict.words, secrets) };
  } catch (error) {
    return { ...known, outcome: "unreachable", route, words: redact(String(error), secrets) };
  }
}

function outcomeOf(
  { meaning, rule }: Verdict,
  status: number,
  provider: Provider,
  key: PooledKey | null,
): UpstreamOutcome {
  if (rule === "gateway-refusal" || rule === "gateway-bad-request") return "gateway_refused";
  if (meaning === "overloaded" || meaning === "server_error") return "failing";
  if (meaning === "region_denied") return "region_denied";
  if (provider.keyCheck === null) return "ok";
  // A redirect isn't followed: it leads away from the configured address.
  if (status >= 300 && status < 400) return "not_found";
  if (meaning === "ok") return "ok";
  if (key === null && (status === 401 || status === 403)) return "key_wanted";
  switch (meaning) {
    case "key_invalid":
    case "key_blocked":
    case "key_doubtful":
    case "model_denied":
      return key === null ? "key_wanted" : "key_refused";
    case "rate_limit_minute":
    case "rate_limit_day":
    case "out_of_credit":
    case "gateway_limit":
      return "limited";
    default:
      return status === 404 || status === 405 ? "not_found" : "unclear";
  }
}

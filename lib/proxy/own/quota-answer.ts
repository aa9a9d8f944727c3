/**
 * `GET /api/quota`: what the calling token may still use, and which models can be served now. No other token's figures.
 * @module
 */
import type { LimitHolder } from "../../budgets/limit-holder";
import type { LimitUse } from "../../budgets/limit-use";
import { tokenAllows } from "../account/token-allows";
import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import type { SharedFacts } from "../request/request-facts";
import { poolFor, type RequestScope } from "../request-scope";
import { tokenAllowsTarget } from "../route/route-targets";
import { servableModels } from "../route/served-models";
import { PoolReadiness, type ReadyAtMs } from "../serve/pool-readiness";
import type { OwnAnswer } from "./json-answer";

/**
 * One limit of the token, or of its member or its group for all of their tokens together. In dollars if its name ends in
 * `Usd`.
 */
export interface QuotaLimit extends Omit<LimitUse, "renewsAtMs"> {
  readonly of: LimitHolder["kind"];
  /** Never negative. */
  readonly left: number;
  /** Epoch milliseconds. */
  readonly renewsAt: number | null;
}

export interface QuotaModel {
  /** The name used in requests: `{provider}/{model}`, or an alias. */
  readonly model: string;
  readonly isReady: boolean;
  /** Epoch milliseconds; null if no key serves it. */
  readonly readyAt: ReadyAtMs;
}

export interface Quota {
  readonly token: { readonly name: string; readonly expiresAt: number | null };
  readonly limits: readonly QuotaLimit[];
  readonly models: readonly QuotaModel[];
}

/** @throws {ProxyError} `invalid_path` for anything but a GET. */
export async function quotaOf(
  { request, token }: SharedFacts,
  scope: RequestScope,
): Promise<OwnAnswer> {
  if (request.method !== "GET") {
    throw new ProxyError("invalid_path", "/api/quota is read by GET.");
  }
  const quota: Quota = {
    token: { name: token.name, expiresAt: token.expiresAtMs },
    limits: await limitsOf(token, scope),
    models: await readyModels(token, scope),
  };
  return { body: quota, headers: { "cache-control": "no-store" } };
}

async function limitsOf(
  { limitHolders }: AccessToken,
  { ports, keep }: RequestScope,
): Promise<readonly QuotaLimit[]> {
  if (limitHolders === undefined) return [];
  const { budgets } = ports;
  await budgets.ready(limitHolders, ports.nowMs(), keep);
  const nowMs = ports.nowMs();
  return limitHolders.flatMap((holder) =>
    budgets.ledger.use(holder, nowMs).map(({ renewsAtMs, ...use }) => ({
      of: holder.kind,
      ...use,
      left: Math.max(0, use.most - use.used - use.held),
      renewsAt: renewsAtMs,
    })),
  );
}

async function readyModels(
  token: AccessToken,
  scope: RequestScope,
): Promise<readonly QuotaModel[]> {
  const { ports } = scope;
  const { state } = ports;
  await state.whole(scope.keep);
  const served = await servableModels(scope);
  const nowMs = ports.nowMs();
  const readiness = new Map<string, PoolReadiness>();
  const readyAt = (provider: string, model: string) => {
    let known = readiness.get(provider);
    if (known === undefined) {
      known = new PoolReadiness(poolFor(provider, scope), nowMs);
      readiness.set(provider, known);
    }
    return known.of(model);
  };
  const entry = (model: string, atMs: ReadyAtMs): QuotaModel => ({
    model,
    isReady: atMs !== null && atMs <= nowMs,
    readyAt: atMs,
  });
  const aliases = [...state.modelAliases().values()].flatMap((alias) => {
    const targets = alias.targets.filter((target) => tokenAllowsTarget(token, alias, target));
    if (targets.length === 0) return [];
    const times = targets.flatMap(({ provider, model }) => readyAt(provider, model) ?? []);
    return [entry(alias.name, times.length === 0 ? null : Math.min(...times))];
  });
  const models = served.flatMap(({ provider: { slug }, models }) =>
    models
      .filter((model) => tokenAllows(token, slug, model, "POST"))
      .map((model) => entry(`${slug}/${model}`, readyAt(slug, model))),
  );
  return [...aliases, ...models];
}

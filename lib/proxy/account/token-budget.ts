/**
 * Keeps a request within the limits of its token, its member and its group: reserves before it is sent, settles afterwards.
 * @module
 */

import type { Estimate, LimitHolder } from "../../budgets/limit-holder";
import { NO_SPEND, type Spend } from "../../budgets/spend";
import type { Reservation } from "../../budgets/token-ledger";
import type { Waiter } from "../../pool/share/fair-queue";
import { isCounted } from "../../usage/counted-request";
import type { RequestEvent } from "../../usage/request-event";
import type { AccessToken, ProxyPorts } from "../ports";
import { ProxyError } from "../proxy-error";
import {
  type EstimatedCall,
  type EstimatedUse,
  estimatedUses,
  highCostNanoUsd,
  leastTokens,
  mayCost,
} from "../request/estimate-use";
import { DEFAULT_OUTPUT_TOKENS } from "../request/output-limit";
import type { RequestScope } from "../request-scope";
import { claimOf, MAX_GUESSED_TOKENS, maxWaitMs } from "../serve/quota-claim";
import { limitReached } from "./limit-reached";

/** How often a request checks whether others have settled. */
const LOOK_AGAIN_MS = 50;
/** Where a request may be sent, and with which model. */
export interface Destination {
  /** The provider's slug. */
  readonly provider: string;
  readonly call: EstimatedCall;
}

/**
 * Reserves the most the request can use, and settles it when the request ends. If other requests' reservations use up
 * the rest, it waits for them up to its maximum wait.
 * @param holders The token, its member and its group, those that have limits.
 * @param destinations Where it may be sent, at least one: the most expensive one counts.
 * @throws {ProxyError} `token_limit_reached`; `price_unknown`; `client_closed_request` if the client leaves while it
 * waits.
 */
export async function reserveBudget(
  token: AccessToken,
  holders: readonly LimitHolder[],
  destinations: readonly Destination[],
  scope: RequestScope,
): Promise<void> {
  await knowBudgets(holders, scope);
  const hasMoney = hasMoneyBudget(holders);
  const estimate = destinations
    .map((destination) => estimateOf(destination, token, hasMoney, scope))
    .reduce((one, other) => (other.costNanoUsd > one.costNanoUsd ? other : one));
  if (estimate.use !== null) scope.meter.estimated(estimate.use);
  if (estimate.isUnpriced) scope.meter.stated(estimate.costNanoUsd);
  const reservation = await seatFor(token, holders, estimate, scope);
  scope.meter.whenRecorded((event, work) => settle(reservation, event, work, scope));
}

/** The most a turn of a WebSocket can use. */
export interface TurnGuess {
  readonly model: string | null;
  readonly inputTokens: number;
  /** Null if the turn doesn't say. */
  readonly mostOutputTokens: number | null;
}

/**
 * The same for one turn of a WebSocket: the session was counted as a request when it opened.
 * @returns To be called once, with the turn's event.
 * @throws {ProxyError} As `reserveBudget`.
 */
export async function reserveTurn(
  token: AccessToken,
  holders: readonly LimitHolder[],
  provider: string,
  { model, inputTokens, mostOutputTokens }: TurnGuess,
  scope: RequestScope,
): Promise<(event: RequestEvent) => void> {
  await knowBudgets(holders, scope);
  const { ports } = scope;
  const usage = { inputTokens, outputTokens: mostOutputTokens ?? DEFAULT_OUTPUT_TOKENS };
  const known = ports.budgets.costNanoUsd(provider, model, usage, ports.nowMs());
  const isUnpriced = known === null && hasMoneyBudget(holders);
  if (isUnpriced) scope.meter.stated(reserveOf(token, provider, model, usage));
  const estimate: Estimate = {
    requests: 0,
    tokens: usage.inputTokens + usage.outputTokens,
    leastTokens: Math.min(MAX_GUESSED_TOKENS, inputTokens),
    costNanoUsd: known ?? token.unpricedReserveNanoUsd ?? 0,
  };
  const reservation = await seatFor(token, holders, estimate, scope);
  return (event) => {
    const spend = { ...spendOf(event, ports), requests: 0 };
    ports.budgets.ledger.settle(reservation, event.id, spend, ports.nowMs());
  };
}

/**
 * Under a money budget, a session may not even name a model without a known price, because it can produce output
 * without a request.
 * @throws {ProxyError} `price_unknown` if no admin set an amount for such models.
 */
export function assertPriced(
  token: AccessToken,
  holders: readonly LimitHolder[],
  provider: string,
  model: string,
  { ports }: RequestScope,
): void {
  if (!hasMoneyBudget(holders)) return;
  const usage = { inputTokens: 1, outputTokens: 1 };
  if (ports.budgets.costNanoUsd(provider, model, usage, ports.nowMs()) !== null) return;
  reserveOf(token, provider, model, usage);
}

/** Fails if a budget is used up. @throws {ProxyError} `token_limit_reached`. */
export async function assertBudgetLeft(
  holders: readonly LimitHolder[],
  scope: RequestScope,
): Promise<void> {
  await knowBudgets(holders, scope);
  const nowMs = scope.ports.nowMs();
  const spent = scope.ports.budgets.ledger.spentLimit(holders, nowMs);
  if (spent !== null) throw limitReached(spent, 0, scope.ports);
}

async function knowBudgets(holders: readonly LimitHolder[], scope: RequestScope): Promise<void> {
  const { budgets, nowMs } = scope.ports;
  const loading = budgets.ready(holders, nowMs(), scope.keep);
  if (loading === null) return;
  await loading;
  assertThere(scope.request);
}

/** Waits for a concurrency slot and budget, up to the request's maximum wait. */
async function seatFor(
  token: AccessToken,
  holders: readonly LimitHolder[],
  estimate: Estimate,
  scope: RequestScope,
): Promise<Reservation> {
  const { ports, request } = scope;
  const { budgets } = ports;
  const sinceMs = ports.nowMs();
  const hasSeats = holders.some(({ limits }) => limits.concurrentRequests !== null);
  const waiter: Waiter | null = hasSeats ? { claim: claimOf(token), dueMs: sinceMs } : null;
  let isServed = false;
  let isNew = true;
  let requestedMs = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      const nowMs = ports.nowMs();
      if (waiter !== null) waiter.dueMs = nowMs + LOOK_AGAIN_MS;
      const turn = budgets.ledger.reserve(holders, estimate, nowMs, { waiter, isNew });
      isNew = false;
      if (turn.kind === "go") {
        isServed = true;
        return turn.reservation;
      }
      if (turn.kind === "full") throw limitReached(turn, turn.retryAtMs - nowMs, ports);
      const leasing = turn.kind === "ask" ? budgets.lease(turn.group, scope.keep) : null;
      if (leasing !== null) {
        await leasing;
        // Others may have freed what they have written since.
        await budgets.ready(holders, ports.nowMs(), scope.keep);
        assertThere(request);
        // A grant is used immediately; a request that needs another one asks at its next check.
        const isFirstLook = nowMs - requestedMs >= LOOK_AGAIN_MS;
        requestedMs = nowMs;
        if (isFirstLook && ports.nowMs() > nowMs) continue;
      }
      if (await hasLetGo(holders, scope)) {
        await budgets.ready(holders, ports.nowMs(), scope.keep);
        assertThere(request);
        continue;
      }
      const untilMs = sinceMs + maxWaitMs(scope.headers, token.maxWaitMs);
      if (nowMs >= untilMs) throw limitReached(turn, null, ports);
      scope.askingSinceMs = sinceMs;
      await new Promise<void>((resolve) => ports.setTimer(resolve, LOOK_AGAIN_MS));
      assertThere(request);
    }
  } finally {
    if (waiter !== null) budgets.ledger.leave(holders, waiter, isServed);
  }
}

/** The request of a client that has left is already recorded: a reservation made now would never be settled. */
function assertThere({ signal }: Request): void {
  if (signal.aborted) throw new ProxyError("client_closed_request", "The client has left.");
}

function settle(
  reservation: Reservation,
  event: RequestEvent,
  work: string | null,
  { ports }: RequestScope,
): void {
  const { ledger } = ports.budgets;
  ledger.settle(reservation, event.id, spendOf(event, ports), ports.nowMs(), work);
}

/** Whether work that held budgets turns out to be counted, by another isolate. */
async function hasLetGo(
  holders: readonly LimitHolder[],
  { ports: { budgets, nowMs, works } }: RequestScope,
): Promise<boolean> {
  const names = budgets.ledger.worksToLookUp(holders, nowMs());
  if (names.length === 0) return false;
  const counted = await works.counted(names);
  for (const name of counted) budgets.ledger.letGo(name);
  return counted.length > 0;
}

function spendOf(
  { outcome, provider, model, usage, atMs, statedNanoUsd = 0 }: RequestEvent,
  ports: ProxyPorts,
): Spend {
  if (!isCounted(outcome)) return NO_SPEND;
  if (provider === null || usage === null) {
    return { requests: 1, tokens: 0, costNanoUsd: statedNanoUsd };
  }
  return {
    requests: 1,
    tokens: (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0),
    costNanoUsd: ports.budgets.costNanoUsd(provider, model, usage, atMs) ?? statedNanoUsd,
  };
}

/** Services whose sockets use a default model if the address names none: no frame names one. */
const CHARGED_UNNAMED: ReadonlySet<string> = new Set(["deepgram", "elevenlabs"]);

/**
 * The most the call can cost, as far as it says. Under a money budget, models without a known price are rejected, or
 * count for the amount an admin set.
 */
function estimateOf(
  { provider, call }: Destination,
  token: AccessToken,
  hasMoney: boolean,
  { headers, ports }: RequestScope,
): Estimated {
  const uses = estimatedUses(call, headers);
  const costs = uses.flatMap((use) => {
    const { model } = call;
    return ports.budgets.costNanoUsd(provider, model, use, ports.nowMs()) ?? [];
  });
  const isCharged = mayCost(call) || (call.isWebSocket && CHARGED_UNNAMED.has(provider));
  const isUnpriced = hasMoney && costs.length === 0 && isCharged;
  const reserve = isUnpriced ? reserveOf(token, provider, call.model, uses[0]) : 0;
  const tokens = uses.map(
    ({ inputTokens, outputTokens }) => (inputTokens ?? 0) + (outputTokens ?? 0),
  );
  return {
    requests: 1,
    tokens: Math.max(0, ...tokens),
    leastTokens: leastTokens(call),
    costNanoUsd: Math.max(reserve, ...costs),
    use: uses[0] ?? null,
    isUnpriced,
  };
}

interface Estimated extends Estimate {
  /** Null for a call that names no model, or costs nothing. */
  readonly use: EstimatedUse | null;
  readonly isUnpriced: boolean;
}

function hasMoneyBudget(holders: readonly LimitHolder[]): boolean {
  return holders.some(
    ({ limits }) => limits.dailyCostUsd !== null || limits.monthlyCostUsd !== null,
  );
}

/** The amount counted for a request without a known price. @throws {ProxyError} `price_unknown` if no admin set one. */
function reserveOf(
  { unpricedReserveNanoUsd }: AccessToken,
  provider: string,
  model: string | null,
  use: EstimatedUse | undefined,
): number {
  if (unpricedReserveNanoUsd !== undefined) return unpricedReserveNanoUsd;
  const high = highCostNanoUsd(provider, use);
  if (high !== null) return high;
  const what = model === null ? `this kind of request to ${provider}` : `${model} of ${provider}`;
  throw new ProxyError(
    "price_unknown",
    `This access token has a budget of money, and the price of ${what} is not known. An admin can set one (Settings > Prices), or let the token use unpriced models at a stated reserve a request (unpricedReserveUsd).`,
  );
}

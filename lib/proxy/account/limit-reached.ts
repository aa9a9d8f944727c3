/**
 * The error of a request that a limit refuses: whose limit it is, what was used of it, and when there is room again.
 * @module
 */
import type { LimitHolder, TokenLimits } from "../../budgets/limit-holder";
import type { ReachedLimit } from "../../usage/token-limits";
import { BUDGETS } from "../../usage/token-limits";
import type { ProxyPorts } from "../ports";
import { ProxyError } from "../proxy-error";

/** `Retry-After` if it is unknown when other requests settle. */
const HELD_RETRY_MS = 1_000;

const AMOUNTS: Record<keyof TokenLimits, (limit: number) => string> = {
  rpm: (limit) => `${counted(limit, "request")} per minute`,
  tpm: (limit) => `${counted(limit, "token")} per minute`,
  concurrentRequests: (limit) => `${counted(limit, "request")} at the same time`,
  dailyRequests: (limit) => `${counted(limit, "request")} per day`,
  dailyTokens: (limit) => `${counted(limit, "token")} per day`,
  dailyCostUsd: (limit) => `$${limit} per day`,
  monthlyCostUsd: (limit) => `$${limit} per month`,
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** @param waitMs Until there is room again; null if other requests in progress hold it. */
export function limitReached(
  { holder, limit }: { readonly holder: LimitHolder; readonly limit: keyof TokenLimits },
  waitMs: number | null,
  ports: ProxyPorts,
): ProxyError {
  const reached = reachedLimit(holder, limit, waitMs, ports);
  const amount = AMOUNTS[limit](reached.most);
  const isReached = `${whose(holder, amount)} is reached.`;
  const isHeld =
    limit === "concurrentRequests"
      ? `${isReached} Try again when one of them is answered.`
      : `What is left of ${whose(holder, amount, true)} is held by requests that are under way. Try again when they are answered.`;
  const message = `${waitMs === null ? isHeld : isReached} ${standing(reached)}`;
  return new ProxyError("token_limit_reached", message, {
    retryAfterMs: waitMs ?? HELD_RETRY_MS,
    limitSource: "token",
    reachedLimit: reached,
  });
}

function reachedLimit(
  holder: LimitHolder,
  limit: keyof TokenLimits,
  waitMs: number | null,
  { budgets, nowMs }: ProxyPorts,
): ReachedLimit {
  const use = budgets.ledger.use(holder, nowMs()).find((each) => each.limit === limit);
  // A lease that ran out can refuse before the minute's own entries do.
  const roomAtMs = waitMs === null ? null : nowMs() + waitMs;
  return {
    holder: holder.kind,
    id: holder.id,
    ...(holder.name !== undefined && { name: holder.name }),
    limit,
    most: holder.limits[limit] ?? 0,
    used: use?.used ?? 0,
    held: use?.held ?? 0,
    renewsAtMs: isBudget(limit) ? (use?.renewsAtMs ?? roomAtMs) : roomAtMs,
  };
}

function isBudget(limit: keyof TokenLimits): boolean {
  return (BUDGETS as readonly string[]).includes(limit);
}

/** Whose limit it is: the beginning of a sentence, or a part of one. */
function whose({ kind, name }: LimitHolder, amount: string, isInside = false): string {
  switch (kind) {
    case "token":
      return isInside ? `this token's ${amount}` : `This token's limit of ${amount}`;
    case "member": {
      const of = `${amount} for all of the owner's tokens together`;
      return isInside ? `the owner's ${of}` : `The owner's limit of ${of}`;
    }
    case "tag": {
      const of = `${amount} for all requests tagged ${name}`;
      return isInside ? `the ${of}` : `The limit of ${of}`;
    }
    case "group": {
      const of = `${amount} for all tokens of the group ${JSON.stringify(name)} together`;
      return isInside ? `the ${of}` : `The limit of ${of}`;
    }
  }
}

/** What was used of the limit, and when it renews. Of limits per minute an isolate knows only its own part. */
function standing({ limit, most, used, held, renewsAtMs }: ReachedLimit): string {
  const amount = (value: number) =>
    limit.endsWith("Usd") ? `$${Number(value.toFixed(6))}` : String(Math.round(value));
  if (limit === "concurrentRequests") return `In progress: at least ${held} of ${most}.`;
  const reserved = held > 0 ? `, ${amount(held)} more reserved by requests under way` : "";
  const at = renewsAtMs === null ? null : new Date(renewsAtMs).toISOString();
  if (isBudget(limit)) {
    const renews = at === null ? "" : ` It renews at ${at}.`;
    return `Spent: ${amount(used)} of ${amount(most)}${reserved}.${renews}`;
  }
  const room = at === null ? "" : ` There is room again at ${at}.`;
  return `Spent in the last minute: at least ${amount(used)} of ${amount(most)}${reserved}.${room}`;
}

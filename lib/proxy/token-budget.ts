/**
 * Keeps a request within its token's limits: reserves before it is sent, settles after.
 * @module
 */
import type { Reservation, Spend, TokenLimits } from "../pool/token-ledger";
import type { RequestEvent } from "../usage/request-event";
import type { AccessToken } from "./ports";
import type { ProxyCall } from "./proxy-call";
import { ProxyError } from "./proxy-error";
import { guessTokens, QuotaClaim } from "./quota-claim";
import { bodyHead } from "./request-body";
import type { RequestScope } from "./request-scope";

/** How often a request looks again whether others have settled. */
const LOOK_AGAIN_MS = 50;
/** What an answer may come to where the request does not say. */
const DEFAULT_OUTPUT_TOKENS = 4_096;
/** Where in a long body a limit of the output is looked for: at either end. */
const SEARCHED_BYTES = 32 * 1024;

const WORDS: Record<keyof TokenLimits, (limit: number) => string> = {
  rpm: (limit) => `${limit} requests a minute`,
  tpm: (limit) => `${limit} tokens a minute`,
  dailyRequests: (limit) => `${limit} requests a day`,
  dailyTokens: (limit) => `${limit} tokens a day`,
  dailyCostUsd: (limit) => `$${limit} a day`,
  monthlyCostUsd: (limit) => `$${limit} a month`,
};

const decoder = new TextDecoder();

/**
 * Reserves what the call may come to, and has it settled when the request is over.
 * @throws {ProxyError} `token_limit_reached`; `client_closed_request` if the client leaves while it waits.
 */
export async function reserveBudget(
  token: AccessToken,
  limits: TokenLimits,
  call: ProxyCall,
  scope: RequestScope,
): Promise<void> {
  const { meter, ports, request } = scope;
  const { budgets } = ports;
  const loading = budgets.ready(token.id, limits, ports.nowMs());
  if (loading !== null) {
    await loading;
    assertThere(request);
  }
  const estimate = estimateOf(call, scope);
  const { patientUntilMs } = new QuotaClaim(
    { tokenId: token.id, weight: 1, priority: 0 },
    call.body,
    request.headers,
    ports.nowMs(),
  );
  for (;;) {
    const nowMs = ports.nowMs();
    const turn = budgets.ledger.reserve(token.id, limits, estimate, nowMs);
    if (turn.kind === "go") {
      meter.whenRecorded((event) => settle(turn.reservation, event, scope));
      return;
    }
    if (turn.kind === "full") throw exceeded(turn.limit, limits, turn.retryAtMs - nowMs);
    if (nowMs >= patientUntilMs) throw exceeded(turn.limit, limits, null);
    await new Promise<void>((resolve) => ports.setTimer(resolve, LOOK_AGAIN_MS));
    assertThere(request);
  }
}

/** Whoever has left is recorded already: nobody would settle a reservation made now. */
function assertThere({ signal }: Request): void {
  if (signal.aborted) throw new ProxyError("client_closed_request", "The client has left.");
}

function settle(reservation: Reservation, event: RequestEvent, { ports }: RequestScope): void {
  const { provider, model, usage, atMs } = event;
  const inputTokens = usage?.inputTokens ?? 0;
  const outputTokens = usage?.outputTokens ?? 0;
  const isFree = provider === null || usage === null;
  const actual: Spend = {
    requests: countsAsRequest(event) ? 1 : 0,
    tokens: inputTokens + outputTokens,
    costNanoUsd: isFree ? 0 : ports.budgets.costNanoUsd(provider, model, usage, atMs),
  };
  ports.budgets.ledger.settle(reservation, actual, ports.nowMs());
}

/** Requests that found no quota, or were refused before, are none of a token's budget. */
export function countsAsRequest({ outcome }: { readonly outcome: string }): boolean {
  return outcome !== "limited" && outcome !== "denied";
}

/** The most the call may come to, as far as its body tells. */
function estimateOf(call: ProxyCall, { ports }: RequestScope): Spend {
  const { provider, model, body } = call;
  if (model === null) return { requests: 1, tokens: 0, costNanoUsd: 0 };
  const inputTokens = guessTokens(body);
  const outputTokens = mostOutputTokens(body);
  return {
    requests: 1,
    tokens: inputTokens + outputTokens,
    costNanoUsd: ports.budgets.costNanoUsd(
      provider.slug,
      model,
      { inputTokens, outputTokens },
      ports.nowMs(),
    ),
  };
}

function mostOutputTokens(body: ProxyCall["body"]): number {
  const bytes = bodyHead(body);
  if (bytes === null) return 0;
  const head = decoder.decode(bytes.subarray(0, SEARCHED_BYTES));
  const tail = decoder.decode(bytes.subarray(Math.max(0, bytes.length - SEARCHED_BYTES)));
  const [, digits] = MOST_OUTPUT.exec(head) ?? MOST_OUTPUT.exec(tail) ?? [];
  return digits === undefined ? DEFAULT_OUTPUT_TOKENS : Number(digits);
}

/** OpenAI and Anthropic, the Responses API, Google. */
const MOST_OUTPUT =
  /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens)"\s*:\s*(\d{1,9})/;

function exceeded(
  limit: keyof TokenLimits,
  limits: TokenLimits,
  waitMs: number | null,
): ProxyError {
  const words = WORDS[limit](limits[limit] ?? 0);
  const isHeld = waitMs === null;
  return new ProxyError(
    "token_limit_reached",
    isHeld
      ? `What is left of this token's ${words} is held by requests that are under way. Try again when they are answered.`
      : `This token's limit of ${words} is reached.`,
    { retryAfterMs: isHeld ? 1000 : waitMs, limitSource: "token" },
  );
}

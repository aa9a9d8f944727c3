/**
 * Upstream accounts with the quota rules of Gemini, OpenAI and Anthropic, in virtual time. A request's cost is counted
 * on arrival; rejections cost nothing.
 * @module
 */
import type { VirtualTime } from "./virtual-time.ts";

export type Rule =
  /** Each window begins with the first request after the previous one. */
  | "fixed"
  /** Windows begin at full multiples of their length. */
  | "clock"
  | "sliding"
  /** Refills gradually. */
  | "bucket";

export interface UpstreamOptions {
  readonly style: "google" | "openai" | "anthropic";
  readonly rule: Rule;
  /** Requests per window at a time. */
  limitAt(nowMs: number): number;
  readonly windowMs: number;
  /** False: a rejection states neither limit nor time, a response nothing at all. */
  readonly statesLimits: boolean;
  /** Tokens per minute for each account; null for no limit. */
  readonly tokensPerMinute: number | null;
  /** Responds with this to every request instead. */
  readonly always?: { readonly status: number; readonly body: unknown };
  /** Account of a key. */
  accountOf(key: string): string;
}

interface Account {
  times: number[];
  windowEndMs: number;
  used: number;
  level: number;
  levelMs: number;
}

/** What a response reports about the account. */
interface Admission {
  readonly isAccepted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until one more is accepted. */
  readonly waitMs: number;
  /** Until all of it is available again. */
  readonly fullMs: number;
}

/** The one-way network latency. */
const WAY_MS = [15, 45] as const;
const THINKING_MS = [300, 1_200] as const;

export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #accounts = new Map<string, Account>();
  attempts = 0;
  /** When requests were accepted. */
  readonly acceptedMs: number[] = [];
  readonly answersByKey = new Map<string, number>();

  constructor(options: UpstreamOptions, time: VirtualTime, random: () => number) {
    this.#options = options;
    this.#time = time;
    this.#random = random;
  }

  readonly fetch = async (_url: string, init: RequestInit): Promise<Response> => {
    this.attempts += 1;
    const headers = new Headers(init.headers);
    const key =
      headers.get("x-goog-api-key") ??
      headers.get("x-api-key") ??
      headers.get("authorization")?.slice("Bearer ".length) ??
      "";
    const { always, tokensPerMinute } = this.#options;
    const bytes = init.body instanceof Uint8Array ? init.body.length : 0;
    await this.#time.sleep(this.#between(WAY_MS));
    let response: Response;
    if (always !== undefined) {
      response = Response.json(always.body, { status: always.status });
    } else if (tokensPerMinute !== null && bytes / 4 > tokensPerMinute) {
      response = this.#tooManyTokens(tokensPerMinute, bytes / 4);
    } else {
      const admission = this.#admit(this.#options.accountOf(key));
      if (admission.isAccepted) {
        this.acceptedMs.push(this.#time.nowMs);
        this.answersByKey.set(key, (this.answersByKey.get(key) ?? 0) + 1);
        response = this.#answer(admission);
        await this.#time.sleep(this.#between(THINKING_MS));
      } else {
        response = this.#refusal(admission);
      }
    }
    await this.#time.sleep(this.#between(WAY_MS));
    return response;
  };

  #between([least, most]: readonly [number, number]): number {
    return least + this.#random() * (most - least);
  }

  #admit(name: string): Admission {
    const { rule, windowMs, limitAt } = this.#options;
    const nowMs = this.#time.nowMs;
    const limit = limitAt(nowMs);
    const account = this.#accounts.get(name) ?? {
      times: [],
      windowEndMs: 0,
      used: 0,
      level: limit,
      levelMs: nowMs,
    };
    this.#accounts.set(name, account);
    if (rule === "sliding") {
      account.times = account.times.filter((timeMs) => timeMs > nowMs - windowMs);
      const isAccepted = account.times.length < limit;
      if (isAccepted) account.times.push(nowMs);
      const leavingMs = account.times[account.times.length - limit] ?? nowMs - windowMs;
      const remaining = limit - account.times.length;
      const newestMs = account.times.at(-1) ?? nowMs;
      return {
        isAccepted,
        limit,
        remaining,
        waitMs: leavingMs + windowMs - nowMs,
        fullMs: newestMs + windowMs - nowMs,
      };
    }
    if (rule === "bucket") {
      const refill = ((nowMs - account.levelMs) * limit) / windowMs;
      account.level = Math.min(limit, account.level + refill);
      account.levelMs = nowMs;
      const isAccepted = account.level >= 1;
      if (isAccepted) account.level -= 1;
      const perMs = limit / windowMs;
      return {
        isAccepted,
        limit,
        remaining: Math.floor(account.level),
        waitMs: Math.max(0, (1 - account.level) / perMs),
        fullMs: (limit - account.level) / perMs,
      };
    }
    if (nowMs >= account.windowEndMs) {
      account.used = 0;
      account.windowEndMs =
        rule === "fixed" ? nowMs + windowMs : (Math.floor(nowMs / windowMs) + 1) * windowMs;
    }
    const isAccepted = account.used < limit;
    if (isAccepted) account.used += 1;
    const waitMs = account.windowEndMs - nowMs;
    return {
      isAccepted,
      limit,
      remaining: Math.max(0, limit - account.used),
      waitMs,
      fullMs: waitMs,
    };
  }

  #answer(standing: Admission): Response {
    return Response.json({ object: "chat.completion" }, { headers: this.#headers(standing) });
  }

  #refusal(standing: Admission): Response {
    const { style, statesLimits } = this.#options;
    const headers = this.#headers(standing);
    if (statesLimits && style !== "google") {
      headers.set("retry-after", String(Math.ceil(standing.waitMs / 1000)));
    }
    if (statesLimits && style === "openai") {
      headers.set("retry-after-ms", String(Math.ceil(standing.waitMs)));
    }
    return Response.json(this.#refusalBody(standing), { status: 429, headers });
  }

  #refusalBody({ limit, waitMs }: Admission): unknown {
    const { style, statesLimits } = this.#options;
    if (!statesLimits)
      return { error: { code: 429, message: "Too many requests", status: "RESOURCE_EXHAUSTED" } };
    if (style === "google") {
      return googleQuota(
        "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
        "generate_content_free_tier_requests",
        limit,
        waitMs,
      );
    }
    if (style === "openai") {
      const message = `Rate limit reached for gpt on requests per min (RPM): Limit ${limit}, Used ${limit}, Requested 1. Please try again in ${Math.ceil(waitMs)}ms.`;
      return { error: { message, type: "requests", param: null, code: "rate_limit_exceeded" } };
    }
    const message = `This request would exceed your organization's rate limit of ${limit} requests per minute.`;
    return { type: "error", error: { type: "rate_limit_error", message } };
  }

  #tooManyTokens(limit: number, tokens: number): Response {
    const { style } = this.#options;
    if (style === "google") {
      const body = googleQuota(
        "GenerateContentInputTokensPerModelPerMinute-FreeTier",
        "generate_content_free_tier_input_token_count",
        limit,
        40_000,
      );
      return Response.json(body, { status: 429 });
    }
    const message = `Request too large for gpt in organization org on tokens per min (TPM): Limit ${limit}, Requested ${Math.ceil(tokens)}.`;
    const error = { message, type: "tokens", param: null, code: "rate_limit_exceeded" };
    return Response.json({ error }, { status: 429 });
  }

  #headers({ limit, remaining, fullMs }: Admission): Headers {
    const headers = new Headers();
    if (!this.#options.statesLimits) return headers;
    if (this.#options.style === "openai") {
      headers.set("x-ratelimit-limit-requests", String(limit));
      headers.set("x-ratelimit-remaining-requests", String(remaining));
      headers.set("x-ratelimit-reset-requests", `${Math.ceil(fullMs)}ms`);
    }
    if (this.#options.style === "anthropic") {
      headers.set("anthropic-ratelimit-requests-limit", String(limit));
      headers.set("anthropic-ratelimit-requests-remaining", String(remaining));
      const resetMs = Math.ceil((this.#time.nowMs + fullMs) / 1000) * 1000;
      headers.set("anthropic-ratelimit-requests-reset", new Date(resetMs).toISOString());
    }
    return headers;
  }
}

function googleQuota(quotaId: string, metric: string, limit: number, waitMs: number): unknown {
  const message =
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.";
  const violation = {
    quotaMetric: `generativelanguage.googleapis.com/${metric}`,
    quotaId,
    quotaDimensions: { location: "global", model: "gemini-2.5-flash" },
    quotaValue: String(limit),
  };
  const details = [
    { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [violation] },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${waitMs / 1000}s` },
  ];
  return { error: { code: 429, message, status: "RESOURCE_EXHAUSTED", details } };
}

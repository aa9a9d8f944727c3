/**
 * Sends what requests were, as spans, to a receiver of OTLP over HTTP: all that waits in one post, at most one a
 * second, after answers; what is more than one post holds follows at once. Nothing waits for it. What is too much, or
 * is not taken, is dropped and counted.
 *
 * As with usage (`usage-recorder.ts`), one request at a time posts inside its own `waitUntil`.
 * @module
 */
import { textUpTo } from "../http/text-up-to";
import type { RequestEvent } from "../usage/request-event";
import { type OtlpSpan, otlpTraces } from "./otlp";
import type { TraceReceiver } from "./receiver";
import { spansOf } from "./request-spans";

const GAP_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** A post that takes longer is given up. */
const PATIENCE_MS = 10_000;
/** A runner that is older may have died with its request. */
const RUNNER_TRUST_MS = 12_000;
const RUNNER_LIFE_MS = 18_000;
/** Requests of one post: making it costs some milliseconds, in which no one is served. */
const POST_MAX = 200;
/** Posts of one runner: all that one invocation does counts towards its limits. */
const RUN_POSTS_MAX = 20;
/** Requests that wait. */
const WAITING_MAX = 1_000;
/** Of these, before those of anyone without a valid token are dropped: they must not crowd out the others. */
const STRANGERS_MAX = 250;
/** A post that was not taken is sent again so often, where the receiver may take it later. */
const TRIES_MAX = 3;
/** @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const MAY_BE_TAKEN_LATER: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PROBLEM_MAX_CHARS = 200;
const ANSWER_MAX_BYTES = 2_000;

export interface TraceExporterOptions {
  /** Where spans go now; null for nowhere. May reject. */
  receiver(): Promise<TraceReceiver | null>;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** A clock that is never set back. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Null if no price is known. */
  costNanoUsd(event: RequestEvent): number | null;
}

/** Since the isolate began. */
export interface TraceFigures {
  /** Requests whose spans were taken. */
  readonly sent: number;
  readonly dropped: number;
  readonly waiting: number;
  /** Why the last post was not taken; null if it was. */
  readonly problem: string | null;
}

interface Post {
  readonly events: readonly RequestEvent[];
  tries: number;
}

export class TraceExporter {
  readonly #options: TraceExporterOptions;
  #waiting: RequestEvent[] = [];
  #post: Post | null = null;
  #runner: { readonly sinceMs: number } | null = null;
  #nextMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #sent = 0;
  #dropped = 0;
  #problem: string | null = null;

  constructor(options: TraceExporterOptions) {
    this.#options = options;
  }

  add(event: RequestEvent): void {
    const max = event.tokenId === null ? STRANGERS_MAX : WAITING_MAX;
    if (this.#waiting.length < max) this.#waiting.push(event);
    else this.#dropped += 1;
  }

  get figures(): TraceFigures {
    const waiting = this.#waiting.length + (this.#post?.events.length ?? 0);
    return { sent: this.#sent, dropped: this.#dropped, waiting, problem: this.#problem };
  }

  /** Null if nothing waits, or another request is sending. Never rejects. */
  flush(): Promise<void> | null {
    if (!this.#hasWork) return null;
    const nowMs = this.#options.nowMs();
    if (this.#runner !== null && nowMs - this.#runner.sinceMs < RUNNER_TRUST_MS) return null;
    // While the receiver is away, requests do not wait for it in turn.
    if (this.#nextMs - nowMs > GAP_MS) return null;
    return this.#run();
  }

  get #hasWork(): boolean {
    return this.#post !== null || this.#waiting.length > 0;
  }

  async #run(): Promise<void> {
    const { nowMs, sleep } = this.#options;
    const runner = { sinceMs: nowMs() };
    this.#runner = runner;
    for (let posts = 0; posts < RUN_POSTS_MAX && this.#hasWork; posts += 1) {
      const waitMs = Math.max(0, this.#nextMs - nowMs());
      if (waitMs > GAP_MS || nowMs() + waitMs > runner.sinceMs + RUNNER_LIFE_MS) break;
      if (waitMs > 0) await sleep(waitMs);
      if (this.#runner !== runner) return;
      await this.#postOne();
      if (this.#runner !== runner) return;
    }
    this.#runner = null;
  }

  async #postOne(): Promise<void> {
    const { nowMs } = this.#options;
    this.#nextMs = nowMs() + GAP_MS;
    this.#post ??= { events: this.#waiting.splice(0, POST_MAX), tries: 0 };
    const post = this.#post;
    post.tries += 1;
    const result = await this.#send(post.events);
    if (this.#post !== post) return;
    if (result.kind === "taken") {
      this.#failures = 0;
      this.#problem = null;
      this.#sent += post.events.length;
      this.#post = null;
      if (this.#waiting.length >= POST_MAX) this.#nextMs = nowMs();
      return;
    }
    this.#problem = result.problem;
    this.#failures += 1;
    const backoffMs = Math.min(BACKOFF_MAX_MS, GAP_MS * 2 ** this.#failures);
    this.#nextMs = nowMs() + Math.max(backoffMs, Math.min(BACKOFF_MAX_MS, result.waitMs));
    if (result.isFinal || post.tries >= TRIES_MAX) {
      this.#dropped += post.events.length;
      this.#post = null;
    }
  }

  async #send(events: readonly RequestEvent[]): Promise<SendResult> {
    const { costNanoUsd, fetch, receiver } = this.#options;
    try {
      const to = await receiver();
      if (to === null) return failed("not set up any more", true);
      const spans = events.flatMap((event) => spansOf(event, costNanoUsd(event)));
      return await postSpans(to, spans, fetch);
    } catch (error) {
      return failed(String(error), false);
    }
  }
}

type SendResult =
  | { readonly kind: "taken" }
  | {
      readonly kind: "failed";
      readonly problem: string;
      /** Whether sending it again is of no use. */
      readonly isFinal: boolean;
      readonly waitMs: number;
    };

/** Posts spans. @throws If the receiver does not respond. */
export async function postSpans(
  { url, headers }: TraceReceiver,
  spans: readonly OtlpSpan[],
  fetch: TraceExporterOptions["fetch"],
): Promise<SendResult> {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "user-agent": "one-balance" },
    body: JSON.stringify(otlpTraces(spans)),
    // Followed, a redirect could take the headers to another host.
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = withoutSecrets(await textUpTo(response, ANSWER_MAX_BYTES), headers);
  if (response.ok) return taken(text);
  const { status } = response;
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : 0;
  return failed(`${status} ${text}`, !MAY_BE_TAKEN_LATER.has(status), waitMs);
}

/** Shorter parts of headers are no secrets. */
const SECRET_MIN_CHARS = 6;

/** A receiver may repeat what it was sent. */
function withoutSecrets(text: string, headers: TraceReceiver["headers"]): string {
  let clean = text;
  for (const value of Object.values(headers)) {
    for (const secret of [value, ...value.split(/\s+/)]) {
      if (secret.length >= SECRET_MIN_CHARS) clean = clean.replaceAll(secret, "…");
    }
  }
  return clean;
}

/** A receiver may take a part, and say what was wrong with the rest. */
function taken(text: string): SendResult {
  if (!text.includes("rejectedSpans")) return { kind: "taken" };
  const [, rejected = "0"] = /"rejectedSpans"\s*:\s*"?(\d+)/.exec(text) ?? [];
  return rejected === "0" ? { kind: "taken" } : failed(`rejected ${rejected} spans: ${text}`, true);
}

function failed(problem: string, isFinal: boolean, waitMs = 0): SendResult {
  const words = problem.replace(/\s+/g, " ").trim().slice(0, PROBLEM_MAX_CHARS);
  return { kind: "failed", problem: words, isFinal, waitMs };
}

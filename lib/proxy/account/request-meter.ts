/**
 * Records a request in the statistics: exactly one event, whatever its outcome.
 * @module
 */
import { type Conversion, conversionName } from "../../conversion/conversion";
import type { Provider } from "../../providers/types";
import type { Tags } from "../../tags/tags";
import { operationOf } from "../../traces/gen-ai";
import type { TraceContext } from "../../traces/trace-context";
import { type AttemptRecord, attemptOutcome, type RequestEvent } from "../../usage/request-event";
import { NO_USAGE, type Outcome, type Usage } from "../../usage/types";
import type { UsageReader } from "../../usage/usage-reader";
import { type AccessToken, type BegunWork, type ProxyPorts, workName } from "../ports";
import type { ProxyError, ProxyErrorCode } from "../proxy-error";
import { carriesToken } from "../request/carries-token";
import type { EstimatedUse } from "../request/estimate-use";
import type { ProxyCall } from "../route/proxy-call";
import type { Served } from "../serve/served";
import { type BackgroundStep, backgroundStep } from "./background-step";

/** The outcome recorded for each of One Balance's own errors. */
const OUTCOMES: Readonly<Record<ProxyErrorCode, Outcome>> = {
  invalid_access_token: "denied",
  access_denied: "denied",
  price_unknown: "denied",
  resource_not_found: "denied",
  unknown_provider: "client_error",
  invalid_path: "client_error",
  invalid_tags: "client_error",
  model_required: "client_error",
  model_ambiguous: "client_error",
  model_not_found: "client_error",
  no_route_target: "client_error",
  not_convertible: "client_error",
  body_too_large: "client_error",
  headers_too_large: "client_error",
  address_too_long: "client_error",
  unsupported_content_encoding: "client_error",
  websocket_unsupported: "client_error",
  token_limit_reached: "limited",
  pool_exhausted: "limited",
  request_exceeds_limits: "limited",
  no_provider_keys: "upstream_error",
  store_unavailable: "upstream_error",
  upstream_unreachable: "upstream_error",
  upstream_timeout: "upstream_error",
  internal_error: "upstream_error",
  client_closed_request: "aborted",
};

/**
 * How a response in delivery ended. `cut_off`: the upstream closed it without its end marker; `reported_error`: it reported
 * an error after a good beginning.
 */
export type Ending = "complete" | "client_left" | "upstream_broke" | "cut_off" | "reported_error";

type Waiting = (work: Promise<unknown>) => void;
type WhenRecorded = (event: RequestEvent, work: string | null) => void;
type WhenAdded = (event: RequestEvent, work: WorkNews | null) => void;

/** What a request says about work that goes on after its response. */
export interface WorkNews {
  readonly name: string;
  /** Whether it is over; otherwise it has just begun. */
  readonly isOver: boolean;
}
/** Until it is recorded. */
type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };
type Result = Pick<
  RequestEvent,
  "outcome" | "status" | "errorCode" | "reachedLimit" | "usage" | "gatewayLogId"
>;

export class RequestMeter {
  /** The keys tried, in order. */
  readonly attempts: Writable<AttemptRecord>[] = [];
  readonly #ports: ProxyPorts;
  readonly #waitUntil: Waiting;
  readonly #requestId: string;
  readonly #arrivedMs: number;
  #provider: Provider | undefined;
  #token: AccessToken | null = null;
  #call: ProxyCall | null = null;
  #answer: Served["answer"] | null = null;
  #reader: UsageReader | null = null;
  #headerUsage: Usage | null = null;
  #isStream = false;
  #firstOutputMs: number | null = null;
  #firstByteMs: number | null = null;
  #isUnreadable = false;
  #isRecorded = false;
  #whenClientLeaves: (() => void) | null = null;
  #estimate: EstimatedUse | null = null;
  #statedNanoUsd: number | null = null;
  #whenRecorded: readonly WhenRecorded[] = [];
  /** Its place in a trace; null if traces are not sent. */
  trace: TraceContext | null = null;
  /** The caller's `tracestate`, until the caller is known. */
  #tracedState = "";
  /** What the caller and its token say about it; null for nothing. */
  tags: Tags | null = null;
  #whenAdded: readonly WhenAdded[] = [];

  /** @param waitUntil Keeps the writing of events alive after the response. */
  constructor(request: Request, requestId: string, ports: ProxyPorts, waitUntil: Waiting) {
    this.#ports = ports;
    this.#waitUntil = waitUntil;
    this.#requestId = requestId;
    this.#arrivedMs = ports.nowMs();
    // workerd calls this when the connection is gone; afterwards only what `waitUntil` was given keeps running.
    request.signal.addEventListener("abort", () => {
      if (this.#whenClientLeaves === null) this.ended("client_left");
      else this.#whenClientLeaves();
    });
  }

  /** The code that delivers the response is notified when the client leaves, and then reports how it ended. */
  whenClientLeaves(callback: () => void): void {
    this.#whenClientLeaves = callback;
  }

  sentTo(provider: Provider | undefined): void {
    this.#provider = provider;
  }

  /** @param credential The token's text, which the caller may have written into the trace too. */
  calledBy(token: AccessToken, credential: string): void {
    this.#token = token;
    const state = this.#tracedState;
    if (state === "" || this.trace === null || carriesToken(state, credential)) return;
    this.trace = { ...this.trace, state };
  }

  /** Continues a caller's trace; what a stranger writes into it goes nowhere. */
  begins(trace: TraceContext | null): void {
    if (trace === null) return;
    this.#tracedState = trace.state;
    this.trace = trace.state === "" ? trace : { ...trace, state: "" };
  }

  /** The most the request can use: counted if it is cut off before a response reports its usage. */
  estimated(use: EstimatedUse): void {
    this.#estimate = use;
  }

  /** The amount counted for the request if its price remains unknown, in 1e-9 US dollars. */
  stated(nanoUsd: number): void {
    this.#statedNanoUsd = nanoUsd;
  }

  /** Calls back once, with the recorded event, and the name of the work that the request began; null for none. */
  whenRecorded(callback: WhenRecorded): void {
    this.#whenRecorded = [...this.#whenRecorded, callback];
  }

  /**
   * Calls back with every recorded event of the request: turns of a session, what was found finished beside it, and the
   * request itself, which has no `part` or is the `session`, with what it says about work.
   */
  whenAdded(callback: WhenAdded): void {
    this.#whenAdded = [...this.#whenAdded, callback];
  }

  /** Records the call that the request became. Called again if another target of an alias is tried. */
  resolved(call: ProxyCall): void {
    const before = this.#call;
    if (before !== null) {
      const target = { provider: before.provider.slug, model: before.model };
      for (const [index, attempt] of this.attempts.entries()) {
        if (attempt.target === undefined) this.attempts[index] = { ...attempt, target };
      }
    }
    this.#call = call;
    this.#provider = call.provider;
  }

  /**
   * Records that another key is tried now; `attempted` records the result.
   * @param dropped What is left out of the request.
   * @param conversion If it was converted to another API format.
   */
  attempting(keyId: string, dropped: readonly string[], conversion?: Conversion): void {
    const attempt: Writable<AttemptRecord> = {
      keyId,
      afterMs: this.#ports.nowMs() - this.#arrivedMs,
      tookMs: 0,
      status: 0,
      meaning: "no_answer",
      rule: null,
      words: null,
    };
    if (conversion !== undefined) attempt.converted = conversionName(conversion);
    const left = conversion === undefined ? dropped : [...conversion.dropped, ...dropped];
    if (left.length > 0) attempt.dropped = left;
    this.attempts.push(attempt);
  }

  /** The last attempt, which had begun well, failed after all. */
  failedLate(result: Pick<AttemptRecord, "meaning" | "rule" | "words">): void {
    const attempt = this.attempts.at(-1);
    if (attempt !== undefined) Object.assign(attempt, result);
  }

  attempted(result: Pick<AttemptRecord, "status" | "meaning" | "rule" | "words"> | null): void {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) return;
    attempt.tookMs = this.#ports.nowMs() - this.#arrivedMs - attempt.afterMs;
    if (result !== null) Object.assign(attempt, result);
  }

  /**
   * The upstream's response is about to be delivered.
   * @param reader Reads the usage from its bytes; null if they contain none.
   * @param headerUsage What its headers report, if its bytes contain none.
   */
  answering(
    answer: Served["answer"],
    reader: UsageReader | null,
    headerUsage: Usage | null,
    isStream: boolean,
  ): void {
    this.#headerUsage = headerUsage;
    this.#answer = answer;
    this.#reader = reader;
    this.#isStream = isStream;
    this.#firstByteMs = answer.atMs;
  }

  /** The response has an encoding that wasn't requested, so its usage can't be read. */
  unreadable(): void {
    this.#isUnreadable = true;
  }

  /** Bytes of the response on their way to the client. */
  passing(bytes: Uint8Array): void {
    this.#reader?.push(bytes);
  }

  /** Records that output the client can use is on its way. */
  outputSeen(): void {
    this.#firstOutputMs ??= this.#ports.nowMs();
  }

  /** Ids of the items in the response; none if it isn't a response of the Responses API. */
  get itemIds(): Iterable<string> {
    return this.#reader?.itemIds ?? [];
  }

  /** No more bytes of the response will come. Only the first ending counts. */
  ended(ending: Ending): void {
    if (this.#isRecorded) return;
    const answer = this.#answer;
    const isComplete = ending === "complete";
    const usage =
      this.#reader?.end({ isComplete, requestBytes: jsonLength(this.#call) }) ??
      this.#headerUsage ??
      (isComplete && !this.#isUnreadable ? null : this.#cutUse());
    const result = {
      outcome: outcomeOf(ending, answer),
      status: ending === "client_left" ? 499 : (answer?.response.status ?? 0),
      errorCode: null,
      gatewayLogId: answer?.headers.get("cf-aig-log-id") ?? null,
    };
    const call = this.#call;
    const step: BackgroundStep =
      call === null || this.#reader === null
        ? { kind: "own", usage }
        : backgroundStep(call, this.#reader.work, usage, isComplete);
    if (step.kind === "finished") {
      this.#isRecorded = true;
      this.#waitUntil(this.#claim(step, result));
      return;
    }
    if (step.kind === "ended") {
      this.#isRecorded = true;
      this.#waitUntil(this.#end(step, result));
      return;
    }
    const work = step.kind === "begun" ? this.#begun(step.id) : null;
    if (step.kind === "moved") this.#waitUntil(this.#move(step.id, step.file));
    this.#record({ ...result, usage: step.kind === "own" ? step.usage : null }, work);
  }

  /** The response is on its way, and its work goes on. @returns Its name. */
  #begun(id: string): string | null {
    const provider = this.#provider;
    const token = this.#token;
    const keyId = this.attempts.at(-1)?.keyId;
    if (provider === undefined || token === null || keyId === undefined) return null;
    const estimate = this.#estimate;
    const work = {
      provider: provider.slug,
      id,
      keyId,
      tokenId: token.id,
      ...(token.familyId !== undefined && { familyId: token.familyId }),
      userId: token.ownerId,
      model: this.#call?.model ?? null,
      atMs: this.#arrivedMs,
      ...(this.tags !== null && { tags: this.tags }),
      ...(estimate !== null && {
        estimate: { inputTokens: estimate.inputTokens, outputTokens: estimate.outputTokens },
      }),
    };
    this.#waitUntil(this.#ports.works.begin(work));
    return workName(work.provider, id);
  }

  /** Work is over without a usage. If it was canceled, what was reserved for it counts, as for a request that is cut off. */
  async #end(
    { id, isCanceled }: Extract<BackgroundStep, { readonly kind: "ended" }>,
    result: Omit<Result, "usage">,
  ): Promise<void> {
    const provider = this.#provider?.slug ?? "";
    this.#ports.budgets.ledger.letGo(workName(provider, id));
    const work = isCanceled ? await this.#ports.works.claim(provider, id) : null;
    const own = this.#eventOf({ ...result, usage: null });
    const news = { name: workName(provider, id), isOver: true };
    if (work?.estimate !== undefined) {
      this.#count(work, { ...NO_USAGE, ...work.estimate, isEstimate: true }, own, news);
      return;
    }
    this.#settle(own);
    this.#add(own, news);
  }

  /** Registers that a batch's usage is known from its result file. */
  async #move(id: string, file: string): Promise<void> {
    const { works } = this.#ports;
    const work = await works.claim(this.#provider?.slug ?? "", id);
    if (work !== null) await works.begin({ ...work, id: file });
  }

  /** Counts finished work for the token that started it, unless it was counted before. */
  async #claim(
    { id, usage }: Extract<BackgroundStep, { readonly kind: "finished" }>,
    result: Omit<Result, "usage">,
  ): Promise<void> {
    const own = this.#eventOf({ ...result, usage: null });
    const provider = own.provider ?? "";
    const work = await this.#ports.works.claim(provider, id);
    this.#ports.budgets.ledger.letGo(workName(provider, id));
    this.#count(work, usage, own, { name: workName(provider, id), isOver: true });
  }

  /** @param work Null if it was counted before, or wasn't started here. */
  #count(work: BegunWork | null, usage: Usage, own: RequestEvent, news: WorkNews): void {
    if (work !== null && work.tokenId === own.tokenId) {
      const tags = work.tags === undefined ? own.tags : { ...own.tags, ...work.tags };
      const model = work.model ?? usage.model;
      const counted = { ...own, model, usage, ...(tags !== undefined && { tags }) };
      this.#settle(counted);
      this.#add(counted, news);
      return;
    }
    this.#settle(own);
    this.#add(own, news);
    if (work === null) return;
    // Another token fetched the result: the request is its own, the usage isn't.
    const { statedNanoUsd: _, tags: __, ...asked } = own;
    const { tokenId, userId, tags } = work;
    const model = work.model ?? usage.model;
    const begun = { tokenId, userId, model, ...(tags !== undefined && { tags }) };
    this.#add({ ...asked, ...begun, id: `${own.id}.1`, usage, part: "turn" });
  }

  /**
   * The usage of a request that was cut off: what was reserved for it, if an upstream was called and may have worked.
   * Null if none was called, if the last one rejected it, or if nothing was reserved.
   */
  #cutUse(): Usage | null {
    if (this.#estimate === null) return null;
    const last = this.attempts.at(-1);
    const mayHaveWorked =
      this.#answer === null ? last?.meaning === "no_answer" : this.#answer.verdict.meaning === "ok";
    return mayHaveWorked ? { ...NO_USAGE, ...this.#estimate, isEstimate: true } : null;
  }

  /** The client gets one of our own errors. */
  refused({ code, status, reachedLimit }: ProxyError): void {
    const outcome = OUTCOMES[code];
    const reached = reachedLimit === undefined ? {} : { reachedLimit };
    this.#record({ outcome, status, errorCode: code, usage: null, gatewayLogId: null, ...reached });
  }

  /** The client gets a response of One Balance itself. */
  served(status: number): void {
    this.#record({ outcome: "ok", status, errorCode: null, usage: null, gatewayLogId: null });
  }

  /**
   * A WebSocket is open: each turn reserves and settles its own usage, and the session becomes one event when it
   * closes. What the handshake had reserved is settled now.
   */
  opened(): void {
    this.#isStream = true;
    this.#firstByteMs = this.#ports.nowMs();
    const result = { outcome: "ok", status: 101, errorCode: null, usage: null } as const;
    this.#settle(this.#eventOf({ ...result, gatewayLogId: null }));
    this.#whenRecorded = [];
  }

  /** The upstream's first frame has arrived. */
  answered(): void {
    this.outputSeen();
  }

  /** A turn of the session has ended, or something was used outside of turns. */
  used(serial: number, model: string | null, usage: Usage | null): RequestEvent {
    const result = { outcome: "ok", status: 101, errorCode: null, usage } as const;
    const event: RequestEvent = {
      ...this.#eventOf({ ...result, gatewayLogId: null }),
      id: `${this.#requestId}.${serial}`,
      atMs: this.#ports.nowMs(),
      model,
      part: "turn",
    };
    this.#add(event);
    return event;
  }

  /** The session has ended. */
  closed(
    session: Pick<RequestEvent, "model" | "outcome" | "errorCode" | "reachedLimit" | "usage"> & {
      readonly turns: number;
    },
  ): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    const gatewayLogId = this.#answer?.headers.get("cf-aig-log-id") ?? null;
    this.#add({
      ...this.#eventOf({ ...session, status: 101, gatewayLogId }),
      model: session.model,
      part: "session",
      turns: session.turns,
    });
  }

  #record(result: Result, work: string | null = null): void {
    // A client may leave during the response: one request is one event.
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    const event = this.#eventOf(result);
    this.#settle(event, work);
    this.#add(event, work === null ? null : { name: work, isOver: false });
  }

  #settle(event: RequestEvent, work: string | null = null): void {
    for (const callback of this.#whenRecorded) callback(event, work);
  }

  #add(event: RequestEvent, work: WorkNews | null = null): void {
    for (const callback of this.#whenAdded) callback(event, work);
    const { usage } = this.#ports;
    usage.add(event);
    const writing = usage.flush();
    if (writing !== null) this.#waitUntil(writing);
  }

  #eventOf(result: Result): RequestEvent {
    const event: Writable<RequestEvent> = {
      id: this.#requestId,
      atMs: this.#arrivedMs,
      provider: this.#provider?.slug ?? null,
      // A stored prompt, a thread or a poll names no model; the response does.
      model: this.#call?.model ?? result.usage?.model ?? null,
      tokenId: this.#token?.id ?? null,
      userId: this.#token?.ownerId ?? null,
      durationMs: this.#ports.nowMs() - this.#arrivedMs,
      timeToFirstTokenMs: this.#sinceArrival(this.#firstOutputMs),
      timeToFirstByteMs: this.#sinceArrival(this.#firstByteMs),
      isStream: this.#isStream,
      attempts: this.attempts,
      outcome: result.outcome,
      status: result.status,
      errorCode: result.errorCode,
      usage: result.usage,
      gatewayLogId: result.gatewayLogId,
    };
    if (result.reachedLimit !== undefined) event.reachedLimit = result.reachedLimit;
    if (this.tags !== null) event.tags = this.tags;
    if (this.trace !== null) {
      event.trace = { ...this.trace, operation: operationOf(this.#call?.path ?? "") };
    }
    const mayCost = result.outcome === "ok" || result.usage !== null;
    if (this.#statedNanoUsd !== null && mayCost) event.statedNanoUsd = this.#statedNanoUsd;
    return event;
  }

  #sinceArrival(atMs: number | null): number | null {
    return atMs === null ? null : atMs - this.#arrivedMs;
  }
}

function outcomeOf(ending: Ending, answer: Served["answer"] | null): Outcome {
  if (ending === "client_left") return "aborted";
  if (ending !== "complete" || answer === null) return "upstream_error";
  return attemptOutcome(answer.verdict.meaning);
}

/** Length of the request's text, from which its tokens can be estimated; null if it isn't JSON. */
function jsonLength(call: ProxyCall | null): number | null {
  return call?.body.kind === "kept" && call.body.bytes[0] === 0x7b ? call.body.bytes.length : null;
}

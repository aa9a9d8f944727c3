/**
 * A WebSocket between a client and an upstream: every frame is handed on unchanged, both ways, and read on its way. So
 * a session is metered, keeps to the token's models and budgets, and ends when the token does.
 *
 * What ends a session, and what the client gets:
 * - either side closes: the other gets the same code and reason (1011 if the connection was lost);
 * - 4401 `invalid_access_token`: the token was revoked or has expired;
 * - 4404 `resource_not_found`: the client named something that another has stored. That frame isn't sent;
 * - 4403 `access_denied`: the client named a model that the token may not use. That frame isn't sent;
 * - 4429 `token_limit_reached`: a limit or a budget is used up; at most the turn that reached it exceeds it;
 * - 1012: the pool's key no longer serves the caller (see `keyIsLost`). A new session gets another key;
 * - 1009: one side doesn't keep up with what the other sends.
 * @module
 */
import type { PoolKey } from "../../pool/types";
import { namedStrings } from "../../usage/json-strings";
import type { RequestEvent } from "../../usage/request-event";
import {
  createSocketReader,
  plainModel,
  type SocketFact,
  type SocketReader,
} from "../../usage/socket-protocols";
import { sumUsage } from "../../usage/sum-usage";
import type { Usage } from "../../usage/types";
import { tokenAllows } from "../account/token-allows";
import { assertBudgetLeft, assertPriced, reserveTurn } from "../account/token-budget";
import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import { beginsJson, jsonText } from "../request/body-form";
import { withTagLimits } from "../request/request-tags";
import { idsInJson, unescapedJson } from "../request/stored-ids";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { noteStored, reachable } from "../serve/resource-affinity";
import { creatorOf, isUnlimited } from "../serve/stored-access";
import { isModelLimited, keyIsLost, socketProtocol } from "./socket-access";

/** One end of a WebSocket, as in workerd. */
export interface SocketEnd {
  binaryType?: string;
  /** Bytes waiting to be sent; absent if the platform doesn't count them. */
  readonly bufferedAmount?: number;
  accept(): void;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
  addEventListener(type: "error", listener: () => void): void;
}

/** How often to check token and key; including the state's own age it takes less than 5 s until a change counts. */
const LOOK_GAP_MS = 1_500;
/** How long a check may wait for the store. */
const LOOK_WAIT_MS = 1_000;
/** How far one side may fall behind. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
/** The most frames that may wait while a turn waits for its budget. */
const MAX_HELD_FRAMES = 256;
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** The most turns requested and not answered. */
const MAX_OPEN_TURNS = 32;
const CHARS_PER_TOKEN = 4;
/** The most bytes of a close reason, in UTF-8 (RFC 6455 section 5.5). */
const MAX_REASON_BYTES = 123;

/** Names under which any service takes a model, ignoring case, `_` and `-`. */
const MODEL_NAMES: ReadonlySet<string> = new Set([
  "model",
  "modelid",
  "modelname",
  "models",
  "deployment",
  "deploymentid",
  "engine",
]);
/** What chooses a model without naming it, as for requests of restricted tokens: stored prompts, agents, images. */
const HIDES_MODEL = /"prompt"\s*:\s*\{|"agent_id"\s*:|"image_generation"/i;
const MAY_NAME_MODEL = /model|deployment|engine|\\u/i;

type Frame = string | ArrayBuffer;

interface Turn {
  readonly model: string | null;
  /** Whether the upstream has begun to answer it. */
  isAnswering: boolean;
  readonly inputChars: number;
  writtenChars: number;
  /** Settles what was reserved for it; null if nothing was. */
  settle: ((event: RequestEvent) => void) | null;
}

/**
 * Couples both ends and reads what passes, until either closes.
 * @param key The pool's key that is used at the upstream.
 */
export function runSocketSession(
  client: SocketEnd,
  upstream: SocketEnd,
  token: AccessToken,
  key: PoolKey,
  call: ProxyCall,
  scope: RequestScope,
): void {
  new SocketSession(client, upstream, token, key, call, scope).open();
}

class SocketSession {
  readonly #client: SocketEnd;
  readonly #upstream: SocketEnd;
  readonly #key: PoolKey;
  readonly #call: ProxyCall;
  readonly #scope: RequestScope;
  readonly #reader: SocketReader | null;
  /** Whether binary frames contain JSON too; elsewhere they are audio, unless they happen to be JSON. */
  readonly #readsBinary: boolean;
  #token: AccessToken;
  #model: string | null;
  /** The target of an alias: allowed because the alias is. */
  readonly #targetModel: string | null;
  readonly #turns: Turn[] = [];
  #turnsOver = 0;
  #events = 0;
  readonly #used = new Map<string, Usage>();
  /** Frames that wait behind one whose turn waits; null while none does. */
  #held: Frame[] | null = null;
  #heldBytes = 0;
  #isOver = false;
  #stopLooking: (() => void) | null = null;
  #whenOver: (() => void) | undefined;

  constructor(
    client: SocketEnd,
    upstream: SocketEnd,
    token: AccessToken,
    key: PoolKey,
    call: ProxyCall,
    scope: RequestScope,
  ) {
    this.#key = key;
    this.#client = client;
    this.#upstream = upstream;
    this.#token = token;
    this.#call = call;
    this.#scope = scope;
    this.#model = call.model;
    const isOwn = call.model === null || tokenAllows(token, call.provider.slug, call.model, "GET");
    this.#targetModel = isOwn ? null : call.model;
    const protocol = socketProtocol(call);
    this.#reader = protocol === null ? null : createSocketReader(protocol);
    this.#readsBinary = protocol === "gemini" || protocol === "openai";
  }

  open(): void {
    const { meter, ports } = this.#scope;
    this.#whenOver = ports.sessions?.opened();
    meter.opened();
    meter.whenClientLeaves(() => this.#over("ok", null));
    this.#listen(this.#client, this.#upstream, (frame) => this.#fromClient(frame));
    this.#listen(this.#upstream, this.#client, (frame) => this.#fromUpstream(frame));
    this.#client.accept();
    this.#upstream.accept();
    this.#lookLater();
  }

  #listen(from: SocketEnd, to: SocketEnd, take: (frame: Frame) => void): void {
    from.binaryType = "arraybuffer";
    from.addEventListener("message", ({ data }) => {
      if (this.#isOver) return;
      if (typeof data === "string" || data instanceof ArrayBuffer) take(data);
    });
    from.addEventListener("close", ({ code, reason }) => {
      const isLost = code === 1006 || code === 1015;
      close(to, isLost ? 1011 : code, isLost ? "the other side's connection was lost" : reason);
      close(from, code, reason);
      this.#over(isLost && from === this.#upstream ? "upstream_error" : "ok", null);
    });
    from.addEventListener("error", () => {
      close(to, 1011, "the other side's connection failed");
      this.#over(from === this.#upstream ? "upstream_error" : "ok", null);
    });
  }

  #fromClient(frame: Frame): void {
    if (this.#held !== null) {
      this.#hold(frame);
      return;
    }
    const wait = this.#admit(frame);
    if (wait === null) return;
    this.#held = [];
    void wait.then(() => this.#release());
  }

  #hold(frame: Frame): void {
    this.#heldBytes += sizeOf(frame);
    this.#held?.push(frame);
    const isTooMuch = (this.#held?.length ?? 0) > MAX_HELD_FRAMES;
    if (isTooMuch || this.#heldBytes > MAX_HELD_BYTES) {
      this.#end(1009, "too much was sent while a turn waited", "ok", null);
    }
  }

  async #release(): Promise<void> {
    for (let frame = this.#held?.shift(); frame !== undefined; frame = this.#held?.shift()) {
      if (this.#isOver) return;
      this.#heldBytes -= sizeOf(frame);
      await this.#admit(frame);
    }
    this.#held = null;
  }

  /** Examines a frame of the client and sends it on; a promise if it has to wait. Never rejects. */
  #admit(frame: Frame): Promise<void> | null {
    const text = this.#textOf(frame);
    try {
      if (isModelLimited(this.#token, this.#call.provider.slug)) this.#assertModels(frame, text);
      const facts = text === null ? [] : (this.#reader?.fromClient(text) ?? []);
      let isAsking = false;
      for (const fact of facts) {
        if (fact.kind === "unreadable") this.#assertUnlimited();
        if (fact.kind === "model" || fact.kind === "helper") this.#assertPriced(fact.model);
        if (fact.kind === "model") this.#model = fact.model;
        isAsking ||= fact.kind === "turn-begins";
      }
      const looking = this.#mayReach(text);
      if (!isAsking && looking === null) {
        this.#send(this.#upstream, frame);
        return null;
      }
      const begun = facts.map((fact) => this.#begin(fact, text?.length ?? 0));
      const waits = [looking, ...begun].filter((each) => each !== null);
      if (waits.length === 0) {
        this.#send(this.#upstream, frame);
        return null;
      }
      return Promise.all(waits).then(
        () => {
          if (!this.#isOver) this.#send(this.#upstream, frame);
        },
        (error: unknown) => this.#refuse(error),
      );
    } catch (error) {
      this.#refuse(error);
      return null;
    }
  }

  /** @throws {ProxyError} `access_denied` if what a frame asks for would have to be known. */
  #assertUnlimited(): void {
    if (isUnlimited(this.#token)) return;
    throw new ProxyError("access_denied", "A frame is no valid JSON, and cannot be counted.");
  }

  /** @throws {ProxyError} `price_unknown`. */
  #assertPriced(model: string): void {
    const holders = this.#token.limitHolders;
    if (holders === undefined) return;
    assertPriced(this.#token, holders, this.#call.provider.slug, model, this.#scope);
  }

  /** Looks up the stored things that a frame names; null if it names none. */
  #mayReach(text: string | null): Promise<unknown> | null {
    if (text === null || this.#token.isAdmin === true || this.#reader === null) return null;
    const named = idsInJson(text);
    if (named.length === 0) return null;
    return reachable(this.#call.provider.slug, named, this.#token, this.#scope);
  }

  #fromUpstream(frame: Frame): void {
    this.#scope.meter.answered();
    this.#send(this.#client, frame);
    const text = this.#reader === null ? null : this.#textOf(frame);
    if (text === null || this.#reader === null) return;
    const answering = this.#turns.find(({ isAnswering }) => isAnswering);
    if (answering !== undefined) answering.writtenChars += this.#reader.writtenIn(text);
    this.#take(this.#reader.fromUpstream(text));
  }

  #take(facts: readonly SocketFact[]): void {
    for (const fact of facts) {
      if (fact.kind === "turn-ends") this.#finish(fact.usage);
      else if (fact.kind === "stored") this.#noteStored(fact.id);
      else if (fact.kind === "used") this.#count(fact.model ?? this.#model, fact.usage);
      else if (fact.kind === "turn-begins") {
        const waiting = this.#turns.find(({ isAnswering }) => !isAnswering);
        if (waiting !== undefined) waiting.isAnswering = true;
        else this.#begin(fact, 0)?.catch((error: unknown) => this.#refuse(error));
      }
    }
  }

  #noteStored(id: string): void {
    const { slug } = this.#call.provider;
    noteStored(slug, id, this.#key, creatorOf(this.#token), this.#scope);
  }

  /** Reserves a turn if the token has limits; a promise in that case. @throws {ProxyError} if there are too many. */
  #begin(fact: SocketFact, inputChars: number): Promise<void> | null {
    if (fact.kind !== "turn-begins") return null;
    if (this.#turns.length >= MAX_OPEN_TURNS) {
      throw new ProxyError("token_limit_reached", "Too many turns are asked for at the same time.");
    }
    const model = fact.model === null ? this.#model : plainModel(fact.model);
    const turn: Turn = {
      model,
      isAnswering: fact.isBySpeech,
      inputChars,
      writtenChars: 0,
      settle: null,
    };
    this.#model ??= model;
    this.#turns.push(turn);
    const holders = this.#token.limitHolders;
    if (holders === undefined) return null;
    const guess = {
      model,
      inputTokens: Math.ceil(inputChars / CHARS_PER_TOKEN),
      mostOutputTokens: fact.mostOutputTokens,
    };
    const { slug } = this.#call.provider;
    return reserveTurn(this.#token, holders, slug, guess, this.#scope).then((settle) => {
      turn.settle = settle;
      // It was answered, or the session closed, before its slot was free.
      if (!this.#turns.includes(turn))
        settle(this.#scope.meter.used(this.#nextEvent(), model, null));
    });
  }

  /** The turn that is being answered, otherwise the oldest, has ended. */
  #finish(usage: Usage | null): void {
    const answered = this.#turns.findIndex(({ isAnswering }) => isAnswering);
    const [turn] = this.#turns.splice(Math.max(0, answered), 1);
    if (turn === undefined && usage === null) return;
    this.#turnsOver += 1;
    this.#count(turn?.model ?? this.#model, usage, turn);
    const holders = this.#token.limitHolders;
    if (holders === undefined || this.#isOver) return;
    assertBudgetLeft(holders, this.#scope).catch((error: unknown) => this.#refuse(error));
  }

  #count(model: string | null, usage: Usage | null, turn?: Turn): void {
    const settle = turn?.settle ?? null;
    if (usage === null && settle === null) return;
    const event = this.#scope.meter.used(this.#nextEvent(), model, usage);
    settle?.(event);
    if (turn !== undefined) turn.settle = null;
    if (usage === null) return;
    const name = model ?? "";
    const before = this.#used.get(name);
    this.#used.set(name, before === undefined ? usage : sumUsage([before, usage]));
  }

  #nextEvent(): number {
    this.#events += 1;
    return this.#events;
  }

  /**
   * @throws {ProxyError} `access_denied` if the frame names a model that the token may not use, or none was named yet.
   */
  #assertModels(frame: Frame, text: string | null): void {
    const { label } = this.#call.provider;
    if (text !== null && HIDES_MODEL.test(unescapedJson(text))) {
      throw new ProxyError(
        "access_denied",
        "This access token is limited to models, and a frame uses what has a model of its own.",
      );
    }
    if (text !== null && MAY_NAME_MODEL.test(text)) {
      const strings = namedStrings(text);
      if (strings === null) throw new ProxyError("access_denied", "A frame cannot be read.");
      for (const { name, value } of strings) {
        if (!MODEL_NAMES.has(name.toLowerCase().replaceAll(/[_-]/g, ""))) continue;
        const model = plainModel(value);
        if (!this.#allows(model)) throw denied(`${model} of ${label}`);
        this.#model ??= model;
      }
    }
    const saysNothing = typeof frame === "string" && frame.trim() === "";
    if (this.#model === null && !saysNothing) {
      throw new ProxyError(
        "access_denied",
        "This access token is limited to some models: name one first.",
      );
    }
  }

  #allows(model: string): boolean {
    if (model === this.#targetModel) return true;
    return tokenAllows(this.#token, this.#call.provider.slug, model, "GET");
  }

  /** A frame's text if it may be JSON; null for audio. */
  #textOf(frame: Frame): string | null {
    if (typeof frame === "string") return frame;
    const bytes = new Uint8Array(frame);
    if (!beginsJson(bytes)) return null;
    const text = jsonText(bytes);
    // Audio can begin like JSON by chance, but isn't JSON to its end; a service may accept what is.
    return this.#readsBinary || isJson(text) ? text : null;
  }

  #send(to: SocketEnd, frame: Frame): void {
    try {
      to.send(frame);
    } catch {
      // It is closing; its `close` event does the rest.
      return;
    }
    if ((to.bufferedAmount ?? 0) > MAX_BUFFERED_BYTES) {
      this.#end(1009, "the other side does not keep up", "ok", null);
    }
  }

  #lookLater(): void {
    this.#stopLooking = this.#scope.ports.setTimer(() => void this.#look(), LOOK_GAP_MS);
  }

  /** Checks whether the token is still valid, and the key still serves it. Never rejects. */
  async #look(): Promise<void> {
    const { ports, credential, keep } = this.#scope;
    try {
      const news = ports.state.afterResponse();
      if (news !== null) await this.#soon(news);
      if (this.#isOver) return;
      const known = await ports.state.findAccessToken(credential, keep);
      if (known === null) {
        throw new ProxyError("invalid_access_token", "This access token was revoked.");
      }
      const token = withTagLimits(known, this.#scope.meter.tags, ports);
      if (token.expiresAtMs !== null && token.expiresAtMs <= ports.nowMs()) {
        throw new ProxyError("invalid_access_token", "This access token has expired.");
      }
      this.#token = token;
      if (this.#model !== null && !this.#allows(this.#model)) {
        throw denied(`${this.#model} of ${this.#call.provider.label}`);
      }
      if (token.limitHolders !== undefined) await assertBudgetLeft(token.limitHolders, this.#scope);
      const { slug } = this.#call.provider;
      const isLost = () => keyIsLost(this.#key.id, slug, { caller: token, ports });
      // A new isolate knows only the best keys at first.
      const reading = isLost() ? ports.state.whole(keep) : null;
      if (reading !== null) await this.#soon(reading);
      if (isLost() && ports.state.whole(keep) === null) {
        this.#end(1012, "The key of this session no longer serves it: open another.", "ok", null);
      }
    } catch (error) {
      this.#refuse(error);
    }
    if (!this.#isOver) this.#lookLater();
  }

  /** Waits for a read of the store, but not for long. */
  async #soon(read: Promise<void>): Promise<void> {
    const enough = new Promise<void>((resolve) => {
      this.#scope.ports.setTimer(resolve, LOOK_WAIT_MS);
    });
    await Promise.race([read, enough]);
  }

  #refuse(error: unknown): void {
    if (error instanceof ProxyError) {
      const { code, status, message } = error;
      this.#end(4000 + status, `${code}: ${message}`, "ok", error);
      return;
    }
    console.error("proxy: a WebSocket failed:", error instanceof Error ? error.stack : error);
    this.#end(1011, "Internal error in One Balance. See the server log.", "upstream_error", null);
  }

  #end(
    code: number,
    reason: string,
    outcome: RequestEvent["outcome"],
    error: ProxyError | null,
  ): void {
    if (this.#isOver) return;
    close(this.#client, code, reason);
    close(this.#upstream, 1000, "");
    this.#over(outcome, error);
  }

  /** Nothing more passes. Counts what was used and not reported yet, and records the session. */
  #over(outcome: RequestEvent["outcome"], error: ProxyError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#whenOver?.();
    this.#stopLooking?.();
    this.#held = null;
    this.#take(this.#reader?.end() ?? []);
    for (const turn of this.#turns.splice(0)) {
      this.#turnsOver += 1;
      this.#count(turn.model, estimated(turn), turn);
    }
    const parts = [...this.#used].map(([model, usage]) => ({ ...usage, model: model || null }));
    this.#scope.meter.closed({
      model: this.#model,
      outcome,
      errorCode: error?.code ?? null,
      ...(error?.reachedLimit !== undefined && { reachedLimit: error.reachedLimit }),
      usage: parts.length === 0 ? null : sumUsage(parts),
      turns: this.#turnsOver,
    });
  }
}

const encoder = new TextEncoder();

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function sizeOf(frame: Frame): number {
  return typeof frame === "string" ? frame.length : frame.byteLength;
}

function denied(what: string): ProxyError {
  return new ProxyError("access_denied", `This access token may not use ${what}.`);
}

/** The estimated usage of a turn that was cut off, by the length of what was requested and written. */
function estimated({ inputChars, writtenChars, isAnswering }: Turn): Usage | null {
  if (!isAnswering && writtenChars === 0) return null;
  return sumUsage([], {
    inputTokens: Math.ceil(inputChars / CHARS_PER_TOKEN),
    outputTokens: Math.ceil(writtenChars / CHARS_PER_TOKEN),
    isEstimate: true,
  });
}

/** Closes a socket that may already be closed. Codes reserved for the platform (1005, 1006, 1015) become none. */
function close(socket: SocketEnd, code: number, reason: string): void {
  try {
    if (code < 1000 || code === 1004 || code === 1005 || code === 1006 || code === 1015) {
      socket.close();
    } else {
      socket.close(code, clipped(reason));
    }
  } catch {
    // Already closed, or its peer is gone.
  }
}

function clipped(reason: string): string {
  let text = reason.slice(0, MAX_REASON_BYTES);
  while (encoder.encode(text).length > MAX_REASON_BYTES) text = text.slice(0, -1);
  return text;
}

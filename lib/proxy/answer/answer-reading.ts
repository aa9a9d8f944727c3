/**
 * Reads a response while it passes: its first output, its usage, and how it ended. The end decides: a response that
 * breaks off, or reports an error after its first output, is not a success. If that error says that the key is used up
 * or disabled, the key goes into cooldown although this request can no longer try another.
 * @module
 */
import type { EventFraming } from "../../http/split-events";
import { type AnswerEnd, answerEnd } from "../../providers/answers/answer-end";
import type { AnswerStart } from "../../providers/answers/answer-start";
import { judgeEvent } from "../../providers/answers/judge-event";
import type { Ending } from "../account/request-meter";
import { isCreating, isItemId } from "../request/stored-ids";
import type { RequestScope } from "../request-scope";
import { reportsErrors } from "../route/proxy-call";
import { noteStored } from "../serve/resource-affinity";
import type { Served } from "../serve/served";
import { creatorOf, isUnlimited } from "../serve/stored-access";

export class AnswerReading {
  readonly #served: Served;
  readonly #scope: RequestScope;
  /** Null if the response wasn't a success to begin with, or has no events. */
  readonly #end: AnswerEnd | null;
  #start: AnswerStart | null;
  hasOutput = false;

  /** @param framing How the response streams its events; null if it streams none. */
  constructor(served: Served, scope: RequestScope, framing: EventFraming | null) {
    const { body, verdict } = served.answer;
    this.#served = served;
    this.#scope = scope;
    this.#end = framing !== null && verdict.meaning === "ok" ? answerEnd(framing) : null;
    this.#start = body.copy?.start ?? null;
  }

  /** Reads the next bytes; they aren't kept. */
  take(bytes: Uint8Array): void {
    this.#scope.meter.passing(bytes);
    this.#end?.push(bytes);
    if (this.hasOutput) return;
    // The start reader has already seen what was examined before.
    if (this.#start !== null && !this.#isShown(bytes)) return;
    this.hasOutput = true;
    this.#scope.meter.outputSeen();
  }

  /** Records that the response has ended. */
  over(ending: Ending, waitUntil: (work: Promise<unknown>) => void): void {
    const { meter, ports } = this.#scope;
    this.#noteItems();
    const answerEnd = ending === "upstream_broke" ? null : (this.#end?.ending() ?? null);
    if (answerEnd === null) {
      meter.ended(ending);
      return;
    }
    if (answerEnd.kind === "error" && reportsErrors(this.#served.call)) {
      const verdict = judgeEvent(this.#served.call.provider, answerEnd.event, ports.nowMs());
      this.#served.late(verdict);
      meter.ended("reported_error");
      const writing = ports.state.afterResponse();
      if (writing !== null) waitUntil(writing);
      return;
    }
    // A client that leaves after the whole response has arrived got its response.
    if (ending === "client_left")
      meter.ended(answerEnd.kind === "whole" ? "complete" : "client_left");
    else meter.ended(answerEnd.kind === "cut" ? "cut_off" : "complete");
  }

  /** Records what a caller with limits may refer to later, because others may reach things without a known maker. */
  #noteItems(): void {
    const { caller, meter } = this.#scope;
    const { key, answer } = this.#served;
    if (caller === undefined || isUnlimited(caller) || answer.verdict.meaning !== "ok") return;
    if (!isCreating(this.#served.call.method, this.#served.call.url)) return;
    for (const id of meter.itemIds) {
      if (isItemId(id)) {
        noteStored(this.#served.call.provider.slug, id, key, creatorOf(caller), this.#scope);
      }
    }
  }

  #isShown(bytes: Uint8Array): boolean {
    if (this.#start === null || bytes === this.#served.answer.body.head) return false;
    const { kind } = this.#start.push(bytes);
    if (kind === "nothing") return false;
    this.#start = null;
    return kind === "output";
  }
}

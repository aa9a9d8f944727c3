/**
 * Requests the leases of an isolate: for a request that can't proceed without one, which waits at most two seconds, and
 * in the background if a lease ends soon or isn't needed any more.
 *
 * The object is used if one is bound. While it doesn't respond, or has used up its day, D1 is used.
 * @module
 */
import type { LeasePort } from "../../leases/lease-port";
import type { LeasedLimits } from "../../leases/leased-limits";
import { rootCause } from "../root-cause";
import { type SetTimer, SharedRead } from "./shared-read";
import { steadyClock } from "./steady-clock";

/** How long a request waits. */
const WAIT_MS = 2_000;
/** An object that failed is tried again after this, and after twice as long each time, up to a maximum. */
const AWAY_MS = 10_000;
const MOST_AWAY_MS = 600_000;
/** An object that doesn't respond for this long is unavailable. */
const OBJECT_MS = 1_500;
/** An isolate that is idle for this long gives back what it holds; earlier if others may want it. */
const IDLE_MS = 1_000;
const WANTED_MS = 100;
/** A request for leases that takes longer died with the request that made it. */
const LOST_MS = 10_000;
/** The most seconds: `waitUntil` ends after thirty. */
const TIDYING_TIMES = 10;

export interface LeaseClientOptions {
  readonly leases: LeasedLimits;
  /** Unique per isolate. */
  readonly isolate: string;
  /** Null if none is bound. */
  readonly object: LeasePort | null;
  readonly store: LeasePort;
  nowMs(): number;
  readonly setTimer: SetTimer;
}

/** Which source hands out leases, shown to people. */
export interface LeaseSource {
  readonly by: "object" | "store";
  /** Since when the bound object hasn't responded, in epoch milliseconds; null while it does. */
  readonly awaySinceMs: number | null;
}

export class LeaseClient {
  readonly leases: LeasedLimits;
  readonly #options: LeaseClientOptions;
  /** For gaps and waits; leases follow the machine's own clock. */
  readonly #steadyMs: () => number;
  /** Reads in progress, by group. */
  readonly #reads = new Map<string, SharedRead>();
  /** When a request began to wait for the isolate to be idle. */
  #tidyingMs = Number.NEGATIVE_INFINITY;
  #awaySinceMs: number | null = null;
  #askObjectMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: LeaseClientOptions) {
    this.leases = options.leases;
    this.#options = options;
    this.#steadyMs = steadyClock(options.nowMs);
  }

  get source(): LeaseSource {
    const by = this.#options.object === null ? "store" : "object";
    return { by, awaySinceMs: this.#awaySinceMs };
  }

  /**
   * Resolves on the response, or after two seconds. Never rejects.
   * @param keep Keeps the request for leases alive if this client leaves, because others wait for it too.
   */
  async ask(group: string, keep?: (work: Promise<unknown>) => void): Promise<void> {
    const name = this.#port().takes === "everything" ? "" : group;
    const other = this.#underWay(name, WAIT_MS);
    if (other !== null) {
      await other.endsWithin(WAIT_MS, this.#options.setTimer);
      return;
    }
    const read = this.#begin(name);
    keep?.(read.done);
    if (await read.endsWithin(WAIT_MS, this.#options.setTimer)) return;
    this.leases.unanswered(this.#options.nowMs());
    console.warn(`leases: no response within ${WAIT_MS} ms, the last leases stay in use`);
  }

  /** After a request: renews leases, and gives back those of an idle isolate. Null if nothing is due. */
  afterRequest(): Promise<void> | null {
    if (this.leases.isUnused) return null;
    const nowMs = this.#options.nowMs();
    const groups = [...this.leases.dueGroups(nowMs)];
    // After a longer time, it died with its request.
    const isTidying = this.#steadyMs() - this.#tidyingMs < 2 * IDLE_MS;
    const idle = isTidying ? null : this.leases.idle(nowMs);
    if (groups.length === 0 && idle === null) return null;
    const port = this.#port();
    const names = port.takes === "everything" && groups.length > 0 ? [""] : groups;
    const renewals = names
      .filter((name) => this.#underWay(name, LOST_MS) === null)
      .map((name) => this.#begin(name).done);
    const returns = idle === null ? [] : [this.#giveBack(idle === "wanted" ? WANTED_MS : IDLE_MS)];
    return Promise.all([...renewals, ...returns]).then(() => {});
  }

  /** Until nothing unneeded is held, or new requests take care of it. */
  async #giveBack(firstMs: number): Promise<void> {
    for (let times = 0, waitMs = firstMs; times < TIDYING_TIMES; times += 1, waitMs = IDLE_MS) {
      this.#tidyingMs = this.#steadyMs();
      await this.#sleep(waitMs);
      const groups = this.leases.returning(this.#options.nowMs());
      const isAll = this.#port().takes === "everything";
      const names = groups.length > 0 && isAll ? [""] : groups;
      await Promise.all(names.map((name) => this.#begin(name).done));
      if (this.leases.idle(this.#options.nowMs()) === null) break;
    }
    this.#tidyingMs = Number.NEGATIVE_INFINITY;
  }

  /** A read that began less than `ms` ago. */
  #underWay(name: string, ms: number): SharedRead | null {
    const read = this.#reads.get(name);
    return read !== undefined && this.#steadyMs() - read.sinceMs < ms ? read : null;
  }

  #begin(name: string): SharedRead {
    const read = new SharedRead(this.#steadyMs(), async () => {
      try {
        await this.#run(name === "" ? undefined : name);
      } finally {
        if (this.#reads.get(name) === read) this.#reads.delete(name);
      }
    });
    this.#reads.set(name, read);
    return read;
  }

  async #run(group: string | undefined): Promise<void> {
    const { store, object, isolate, nowMs } = this.#options;
    const requestedMs = nowMs();
    const questions = this.leases.questions(requestedMs, group);
    if (questions.length === 0) return;
    this.leases.requested(questions, requestedMs);
    const port = this.#port();
    if (object !== null && port === object) {
      try {
        const grants = await this.#intime(object.ask(isolate, questions, requestedMs));
        this.#failures = 0;
        this.#awaySinceMs = null;
        this.leases.granted(questions, grants, requestedMs);
        return;
      } catch (error) {
        this.#noteAway(error);
      }
    }
    try {
      const grants = await store.ask(isolate, questions, requestedMs);
      this.leases.granted(questions, grants, requestedMs);
    } catch (error) {
      this.leases.unanswered(nowMs());
      console.error("leases: no source responds, the last leases stay in use:", rootCause(error));
    }
  }

  #intime<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no answer within ${OBJECT_MS} ms`));
      const cancel = this.#options.setTimer(late, OBJECT_MS);
      work.then(resolve, reject).finally(cancel);
    });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.setTimer(resolve, ms));
  }

  #noteAway(error: unknown): void {
    this.#awaySinceMs ??= this.#options.nowMs();
    this.#askObjectMs = this.#steadyMs() + Math.min(MOST_AWAY_MS, AWAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    console.error("leases: the object does not respond, D1 is used:", rootCause(error));
  }

  #port(): LeasePort {
    const { object, store } = this.#options;
    return object !== null && this.#steadyMs() >= this.#askObjectMs ? object : store;
  }
}

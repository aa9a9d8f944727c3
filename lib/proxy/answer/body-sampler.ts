/**
 * Reads a copy of a response's body from time to time, so that the response itself can pass natively, without
 * JavaScript per chunk.
 *
 * The pauses grow while little arrives and shrink when much does, so a long stream costs few reads and a fast one
 * leaves little unread. If the client has stopped reading, the upstream advances by one block per read (16 KiB in
 * workerd): about 200 KiB in the first minutes, then 2 MiB per hour.
 * @module
 */

import type { ProxyPorts } from "../ports";
import type { CopyReader } from "./copy-reader";

const FIRST_PAUSE_MS = 200;
const SHORTEST_PAUSE_MS = 50;
/** Anything that arrives within a pause waits in memory. */
const LONGEST_PAUSE_MS = 30_000;

/** If a read yields less than this, the next pause is longer; with more than `MUCH_BYTES`, shorter. */
const LITTLE_BYTES = 32 * 1024;
const MUCH_BYTES = 256 * 1024;
/** The most bytes per read, however many more are available. */
const MOST_BYTES = 2 * 1024 * 1024;

/** How long a stopped stream gets to report that it broke off. */
const LAST_WORD_MS = 50;

/** The copied stream's state when reading stopped; `open` if it could have delivered more. */
export type CopyState = "ended" | "broke" | "open";

export class BodySampler {
  readonly #reader: CopyReader;
  readonly #take: (bytes: Uint8Array) => void;
  readonly #setTimer: ProxyPorts["setTimer"];
  readonly #sampling: Promise<void>;
  #state: CopyState = "open";
  #takenBytes = 0;
  #isReading = false;
  #isFinishing = false;
  #isLetGo = false;
  #endPause: (() => void) | null = null;

  /**
   * @param take Receives the bytes in order. They are overwritten once it returns.
   * @param isEager Whether to read bytes as they arrive, without a pause: until the first output was seen.
   */
  constructor(
    reader: CopyReader,
    take: (bytes: Uint8Array) => void,
    isEager: () => boolean,
    setTimer: ProxyPorts["setTimer"],
  ) {
    this.#reader = reader;
    this.#take = take;
    this.#setTimer = setTimer;
    this.#sampling = this.#sample(isEager);
  }

  /** Reads the rest, to the end, after everything was passed on. */
  async readToEnd(): Promise<CopyState> {
    await this.#stopSampling();
    while (this.#state === "open") await this.#read();
    return this.#state;
  }

  /** The client left: reads what was sent to it, but nothing that is still to arrive. */
  async readWhatIsThere(): Promise<CopyState> {
    // A read that waits means that nothing is available.
    if (this.#isReading) this.#letGo();
    const timeIsUp = this.#setTimer(() => this.#letGo(), LAST_WORD_MS);
    await this.#stopSampling();
    while (this.#isOpen && (await this.#read()));
    timeIsUp();
    this.#letGo();
    return this.#state;
  }

  /** The pipe stopped, and it is unknown on which side: a broken upstream shows here as well. */
  async readLastWord(): Promise<CopyState> {
    const timeIsUp = this.#setTimer(() => this.#letGo(), LAST_WORD_MS);
    await this.#stopSampling();
    while (this.#isOpen) await this.#read();
    timeIsUp();
    return this.#state;
  }

  get #isOpen(): boolean {
    return this.#state === "open" && !this.#isLetGo;
  }

  async #stopSampling(): Promise<void> {
    this.#isFinishing = true;
    this.#endPause?.();
    await this.#sampling;
  }

  #letGo(): void {
    this.#isLetGo = true;
    if (this.#state === "open") this.#reader.cancel();
  }

  async #sample(isEager: () => boolean): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (isEager() && this.#isOpen && !this.#isFinishing) await this.#read();
    while (this.#isOpen && !this.#isFinishing) {
      await this.#pause(pauseMs);
      const bytes = await this.#look();
      if (bytes < LITTLE_BYTES) pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      else if (bytes >= MUCH_BYTES) pauseMs = Math.max(pauseMs / 2, SHORTEST_PAUSE_MS);
    }
  }

  /** Reads what is available, or what arrives next; returns the number of bytes. */
  async #look(): Promise<number> {
    const beforeBytes = this.#takenBytes;
    while (this.#isOpen && !this.#isFinishing) {
      const isMoreThere = await this.#read();
      if (!isMoreThere || this.#takenBytes - beforeBytes >= MOST_BYTES) break;
    }
    return this.#takenBytes - beforeBytes;
  }

  /** One read. Returns whether more may be available. */
  async #read(): Promise<boolean> {
    this.#isReading = true;
    try {
      const bytes = await this.#reader.read();
      if (bytes !== null) {
        this.#takenBytes += bytes.length;
        this.#take(bytes);
        return this.#reader.isMoreThere;
      }
      if (!this.#isLetGo) this.#state = "ended";
    } catch {
      if (!this.#isLetGo) this.#state = "broke";
    } finally {
      this.#isReading = false;
    }
    return false;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#setTimer(resolve, ms);
      this.#endPause = () => {
        cancelTimer();
        resolve();
      };
    });
  }
}

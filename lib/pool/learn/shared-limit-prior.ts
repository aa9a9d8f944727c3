import { isLike } from "./unnumbered-refusals";

/** What so many domains show in a row is presumed of the rest. */
const COMMON = 3;
/** What the guard begins with, and grows by. */
export const GUARD = 1 / 250;

/** What the domains of one pool were found to be allowed for one model: the best guess for those not yet known. */
export class SharedLimitPrior {
  /** Requests in a window; null while nothing was refused. */
  limit: number | null = null;
  /** Whether `limit` is a part of a quota that others use too. */
  isPart = false;
  /** Null while no refusal told when to come back. */
  windowMs: number | null = null;
  /** The part of a window by which it is kept open longer: requests overtake each other on their way. */
  guard = GUARD;
  /** Whether a window was seen to slide, after a limit fell. */
  slides = false;
  #found: number | null = null;
  #foundInRow = 0;
  /** Refusals in a row that came although less than the limit had been sent. */
  #partsInRow = 0;
  /** When a limit was found to have risen: what was learned before that is doubted. */
  raisedMs = 0;
  /** When the guard grew last. */
  guardedMs = 0;
  /** Whether some refusal put a limit into numbers. */
  isInNumbers = false;
  /** Whether no refusal put `limit` into numbers. */
  isSilent = false;
  /** A count that domains were refused at twice, with a rest between, and how many of them. */
  #refusedAgain: { readonly count: number; readonly domains: number } | null = null;

  /** Notes what one more domain was found to be allowed: more is presumed of all at once, less when several agree. */
  noteFound(limit: number, nowMs: number): void {
    this.#partsInRow = 0;
    this.#foundInRow = limit === this.#found ? this.#foundInRow + 1 : 1;
    this.#found = limit;
    if (this.limit !== null && limit > this.limit) this.raise(limit, nowMs);
    else if (this.#foundInRow >= COMMON) this.#set(limit, false);
  }

  /** Notes the part of one more domain. Parts vary: what is presumed of others is one more than the largest. */
  notePart(part: number): void {
    this.#partsInRow += 1;
    if (this.#partsInRow < COMMON) return;
    this.#set(Math.max(this.isPart ? (this.limit ?? 0) : 0, part + 1), true);
  }

  /** Notes that one more domain was refused at a count, rested, and was refused again at it. */
  noteRefusedAgain(count: number): void {
    const known = this.#refusedAgain;
    const isSame = known !== null && isLike(count, known.count);
    const least = isSame ? Math.min(count, known.count) : count;
    this.#refusedAgain = { count: least, domains: isSame ? known.domains + 1 : 1 };
    if (this.#refusedAgain.domains < COMMON || (this.limit !== null && !this.isSilent)) return;
    this.#set(least, false);
    this.isSilent = true;
  }

  /** Notes that a domain that had been refused was let in. */
  noteLetIn(): void {
    this.#refusedAgain = null;
  }

  /** More came through than a limit lets that no refusal put into numbers: there is none. */
  disprove(): void {
    this.#refusedAgain = null;
    if (!this.isSilent) return;
    this.limit = null;
    this.isSilent = false;
  }

  raise(limit: number, nowMs: number): void {
    this.#set(limit, false);
    this.raisedMs = nowMs;
  }

  #set(limit: number, isPart: boolean): void {
    this.limit = limit;
    this.isPart = isPart;
    this.isSilent = false;
  }
}

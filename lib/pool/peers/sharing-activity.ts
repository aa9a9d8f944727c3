/**
 * When an isolate shares its use of a model with the others. Sharing costs a written row per exchange, so it starts
 * only when the isolate sends more than a good part of what all domains together allow, is rejected, or learns that
 * another isolate was rejected; it ends two minutes after the last such event.
 * @module
 */

const MINUTE_MS = 60_000;
/** Up to this part of what all domains together allow, an isolate sends without sharing. */
const FREE_PART = 1 / 16;
/** How long sharing goes on after the last reason for it. */
const ACTIVE_MS = 120_000;
/** How often use is compared with what is allowed. */
const CHECK_MS = 1_000;
/** How long it takes until all isolates have reported what they sent before sharing started. */
const WARM_UP_MS = 5_000;

export class SharingActivity {
  #untilMs = 0;
  #sinceMs = 0;
  #hasReceived = false;
  /** Whether rejections state no number, so that there is no limit to share. */
  #isUnnumbered = false;
  #checkMs = 0;
  /** Requests of the current half minute and of the one before. */
  #sent = 0;
  #sentBefore = 0;
  #halfMs = 0;

  /** Whether reports of other isolates have been received since sharing started. */
  get hasReceived(): boolean {
    return this.#hasReceived;
  }

  isActive(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  /** Whether other isolates may have used much that they haven't reported yet. */
  isWarmingUp(nowMs: number): boolean {
    return !this.#hasReceived || nowMs - this.#sinceMs < WARM_UP_MS;
  }

  /**
   * Counts a request.
   * @param perMs What all domains together allow per millisecond; null while unknown.
   * @returns Whether much of it is used, which is a reason to share.
   */
  sent(perMs: () => number | null, nowMs: number): boolean {
    const ageMs = nowMs - this.#halfMs;
    if (ageMs >= MINUTE_MS / 2) {
      this.#sentBefore = ageMs < MINUTE_MS ? this.#sent : 0;
      this.#sent = 0;
      this.#halfMs = nowMs;
    }
    this.#sent += 1;
    if (nowMs < this.#checkMs) return false;
    this.#checkMs = nowMs + CHECK_MS;
    const allowed = perMs();
    return allowed !== null && this.#sent + this.#sentBefore > allowed * MINUTE_MS * FREE_PART;
  }

  /** Records a rejection that stated no number. @param isInNumbers Whether earlier ones stated one. */
  refusedUnnumbered(isInNumbers: boolean): void {
    this.#isUnnumbered = !isInNumbers;
  }

  /** Whether the rejection of another isolate is a reason to share here too. */
  get followsPeers(): boolean {
    return !this.#isUnnumbered;
  }

  /** Starts sharing, or keeps it going. @param isSharing Whether this isolate shares now. */
  start(isSharing: boolean, nowMs: number): void {
    this.#isUnnumbered = false;
    if (!isSharing) {
      this.#sinceMs = nowMs;
      this.#hasReceived = false;
    }
    this.#untilMs = nowMs + ACTIVE_MS;
  }

  /** Records that reports were received. */
  received(): void {
    this.#hasReceived = true;
  }
}

/**
 * A single invocation may have six open connections, in an object as in a Worker, and an upstream's WebSocket is one of
 * them: this many sessions leave room to call D1 and the next key.
 * https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections
 */
const SEATS = 4;

/** The sessions of one object. */
export class SocketSeats {
  #taken = 0;

  get isFull(): boolean {
    return this.#taken >= SEATS;
  }

  /** @returns Frees the seat; a second call does nothing. */
  take(): () => void {
    let isTaken = true;
    this.#taken += 1;
    return () => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
  }
}

/**
 * What responses report about a domain's quotas for one model, in headers and messages, by the name of the reading.
 * @module
 */
import type { QuotaReading } from "../../providers/answers/read-limits";
import type { PeerUse } from "../peers/peer-use";
import { HeaderQuota } from "./header-quota";
import { costAt, earliestOf, type Limit } from "./limit";
import { SlidingWindowLog } from "./sliding-window-log";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export class ReportedQuotas extends Map<string, Limit> {
  /** When the strictest one allows one more request: epoch milliseconds, 0 for now. */
  earliestMs(tokens: number, nowMs: number): number {
    return earliestOf(this.values(), tokens, nowMs);
  }

  /** Whether the provider reports a count of requests, which includes all isolates. */
  get countsRequests(): boolean {
    for (const [name, limit] of this) {
      if (limit.unit === "requests" && limit instanceof HeaderQuota && !name.endsWith("/day"))
        return true;
    }
    return false;
  }

  /** From now on, also counts what other isolates sent since a reading. */
  countPeers(peers: PeerUse): void {
    for (const limit of this.values()) {
      if (limit instanceof HeaderQuota && limit.unit === "requests") limit.peers = peers;
    }
  }

  /** Records a send. */
  take(tokens: number, nowMs: number): void {
    for (const limit of this.values()) limit.take(costAt(limit, tokens), nowMs);
  }

  /**
   * Applies a reading.
   * @param sinceSent What was sent since the request whose response contains it.
   * @param atMs When that request was sent.
   */
  read(reading: QuotaReading, sinceSent: number, atMs: number): void {
    const known = this.get(reading.name);
    const isDay = reading.name.endsWith("/day");
    const quota =
      known instanceof HeaderQuota ? known : new HeaderQuota(reading.unit, isDay ? DAY_MS : null);
    this.set(reading.name, quota);
    quota.read(reading, sinceSent, atMs);
  }

  /** Applies a limit of tokens per minute that a rejection stated. */
  readTokensPerMinute(limit: number): void {
    const name = "told tokens/minute";
    const known = this.get(name);
    if (known instanceof SlidingWindowLog && known.limit === limit) return;
    this.set(name, new SlidingWindowLog("tokens", limit, MINUTE_MS));
  }
}

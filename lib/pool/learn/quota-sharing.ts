/** What a learned limit needs to know about the sharing of quotas among isolates. @module */

export interface QuotaSharing {
  /** Whether isolates report their use to each other now. */
  isSharing(nowMs: number): boolean;
  /** Whether others may have used much that they haven't reported yet. */
  isWarmingUp(nowMs: number): boolean;
  /** Whether this isolate is the one that probes, for all of them, whether the limit has risen. */
  mayProbe(nowMs: number): boolean;
}

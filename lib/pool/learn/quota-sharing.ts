/** What a learned limit asks of those who share quotas with other isolates. @module */

export interface QuotaSharing {
  /** Whether quotas are shared now. */
  isHot(nowMs: number): boolean;
  /** Whether others may have used much that they did not tell yet. */
  isYoung(nowMs: number): boolean;
  /** Whether this isolate finds out for all whether more is allowed. */
  mayProbe(nowMs: number): boolean;
}

/**
 * Evidence for or against a limit, including everything that was measured at the time, so that learning from it needs
 * nothing else. Times are epoch milliseconds.
 * @module
 */

/** A request was rejected for lack of quota. */
export interface RefusalEvidence {
  readonly kind: "refused";
  readonly atMs: number;
  readonly sentMs: number;
  /** Whether it was a probe beyond the limit. */
  readonly isProbe: boolean;
  /** Whether it was sent before an earlier rejection was known. */
  readonly isLate: boolean;
  /** The limit that the rejection stated; null if it stated none, or one that can't be right. */
  readonly statedLimit: number | null;
  /** From the rejection until the reported retry time; null if none was reported. */
  readonly retryInMs: number | null;
  /** Requests in the window, without this one. */
  readonly taken: number;
  /** When the first of them was sent; null for none. */
  readonly oldestMs: number | null;
  /**
   * When the request was sent that has to leave the window to make room, by `statedLimit`; null if fewer were sent in
   * the last minute.
   */
  readonly blockerMs: number | null;
  /** Whether it was sent on the assumption that windows are fixed, after the limit decreased. */
  readonly presumedFixed: boolean;
  /** Whether other isolates' reports explain the rejection. */
  readonly isShared: boolean;
}

export type LimitEvidence =
  | RefusalEvidence
  /** A request was accepted. */
  | { readonly kind: "let-in"; readonly sentMs: number }
  /** More was accepted, in one window, than the share assumed for this domain. */
  | { readonly kind: "outgrown"; readonly taken: number; readonly atMs: number }
  /** `by` probes beyond the limit were accepted, all within one window. */
  | { readonly kind: "exceeded"; readonly by: number; readonly atMs: number }
  /** Another isolate was rejected until `backMs`. */
  | {
      readonly kind: "peer-refused";
      readonly backMs: number;
      /** From this isolate's last request until then. */
      readonly cooldownMs: number;
      /** This isolate's requests in the window that ends then. */
      readonly taken: number;
    }
  /** A rejection stated the limit to another isolate. */
  | { readonly kind: "peer-stated-limit"; readonly limit: number; readonly atMs: number }
  /** A person reset the domain. */
  | { readonly kind: "reset" };

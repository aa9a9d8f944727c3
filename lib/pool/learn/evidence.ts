/**
 * What speaks for or against a limit, with all that was measured when it happened, so that learning from it needs
 * nothing else. Times are epoch milliseconds.
 * @module
 */

/** A request was refused for lack of quota. */
export interface RefusalEvidence {
  readonly kind: "refused";
  readonly atMs: number;
  readonly sentMs: number;
  /** Whether it was sent beyond the limit, to try it. */
  readonly isProbe: boolean;
  /** Whether it was sent before an earlier refusal was known. */
  readonly isLate: boolean;
  /** The limit that the refusal put into numbers; null for none that can be believed. */
  readonly told: number | null;
  /** From the refusal until there is room again; null where it did not tell. */
  readonly retryInMs: number | null;
  /** Requests of the window, without this one. */
  readonly taken: number;
  /** When the first of them was sent; null for none. */
  readonly oldestMs: number | null;
  /** When the one was sent that has to leave the window by `told`; null where less was sent in the last minute. */
  readonly blockerMs: number | null;
  /** Whether it was sent in the belief that windows are fixed, after a limit fell. */
  readonly presumedFixed: boolean;
  /** Whether what other isolates told explains it. */
  readonly isShared: boolean;
}

export type LimitEvidence =
  | RefusalEvidence
  /** A request was let in. */
  | { readonly kind: "let-in"; readonly sentMs: number }
  /** More was let in, in one window, than the part that is presumed of this domain. */
  | { readonly kind: "outgrown"; readonly taken: number; readonly atMs: number }
  /** So many probes beyond the limit were let in, all of them within a window. */
  | { readonly kind: "exceeded"; readonly by: number; readonly atMs: number }
  /** Another isolate was refused, and told to come back then. */
  | {
      readonly kind: "heard";
      readonly backMs: number;
      /** From the last request of this isolate until then. */
      readonly restMs: number;
      /** Requests of this isolate in the window that ends then. */
      readonly taken: number;
    }
  /** Another isolate was told the limit. */
  | { readonly kind: "told-elsewhere"; readonly limit: number; readonly atMs: number }
  /** A person reset the domain. */
  | { readonly kind: "reset" };

/** What adding keys has come to. */
export interface AddedKeys {
  readonly count: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  /** Slugs of the providers to which they were added. */
  readonly providers: readonly string[];
  /** Of the keys that were added. */
  readonly ids: readonly string[];
  /** Whether these are checked now. */
  readonly isChecked: boolean;
  /** Keys that weren't sent, because the work was canceled or stopped. */
  readonly unsent: number;
  /** Why it stopped; null if it didn't. */
  readonly problem: string | null;
}

export const NOTHING_ADDED: AddedKeys = {
  count: 0,
  duplicates: 0,
  rejected: [],
  providers: [],
  ids: [],
  isChecked: false,
  unsent: 0,
  problem: null,
};

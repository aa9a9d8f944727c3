/** A fault that is planted in one file, to see whether a test notices it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
  /** Files or folders of unit tests, of which one must fail. */
  readonly tests: readonly string[];
}

/** A fault that is planted in one file, to see whether a test notices it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly from: string;
  readonly to: string;
  /** Files or folders of unit tests, at least one of which must fail. */
  readonly tests: readonly string[];
}

/** Creates mutants of one file, whose name begins their names. */
export function faultsIn(file: string, tests: readonly string[]) {
  return (name: string, from: string, to: string): Mutant => ({
    name: `${file.slice(file.lastIndexOf("/") + 1, -3)}: ${name}`,
    file,
    from,
    to,
    tests,
  });
}

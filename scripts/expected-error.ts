/** A problem outside of the program (a setting, a port, a failed tool): reported in one line, without a stack. */
export class ExpectedError extends Error {
  override readonly name = "ExpectedError";
}

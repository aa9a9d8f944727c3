/** Something wrong outside the program (a setting, a port, a failed tool): told in one line, without a stack. */
export class ExpectedError extends Error {
  override readonly name = "ExpectedError";
}

/** Whose fault it is: the first three the caller's, the last the deployment's. */
export type ManageErrorCode = "invalid_input" | "not_found" | "conflict" | "not_configured";

/** A problem with one part of the input. */
export interface InputIssue {
  /** The path, like `keys.3.weight`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A verb rejects its input. The message is for people and never contains a key. */
export class ManageError extends Error {
  override readonly name = "ManageError";
  readonly code: ManageErrorCode;
  readonly issues: readonly InputIssue[];
  /** For a conflict with another's change: the current values of the fields. */
  readonly theirs: Readonly<Record<string, unknown>> | null;

  constructor(
    code: ManageErrorCode,
    message: string,
    issues: readonly InputIssue[] = [],
    theirs: Readonly<Record<string, unknown>> | null = null,
  ) {
    super(message);
    this.code = code;
    this.issues = issues;
    this.theirs = theirs;
  }
}

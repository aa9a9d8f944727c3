/** A backup that cannot be read, or not be put where it is wanted: told in one line, without a stack. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  /** `too_heavy`: it takes more memory to open than there is here. */
  readonly reason: "unreadable" | "too_heavy";

  constructor(message: string, reason: BackupError["reason"] = "unreadable") {
    super(message);
    this.reason = reason;
  }
}

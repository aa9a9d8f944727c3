/** A backup that can't be read, or not be restored into its target: reported in one line, without a stack. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  /** `too_heavy`: decrypting it takes more memory than available. */
  readonly reason: "unreadable" | "too_heavy";

  constructor(message: string, reason: BackupError["reason"] = "unreadable") {
    super(message);
    this.reason = reason;
  }
}

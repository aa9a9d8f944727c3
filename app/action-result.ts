import type { InputIssue, ManageErrorCode } from "@/lib/manage/manage-error";

/**
 * Why an action failed: a verb's own reasons, or `signed_out`, `forbidden` (the role is too low), `cross_site` (another
 * site's page sent it), `internal_error` (see the server's log).
 */
export type ActionErrorCode =
  | ManageErrorCode
  | "signed_out"
  | "forbidden"
  | "cross_site"
  | "internal_error";

export interface ActionFailure {
  readonly ok: false;
  readonly code: ActionErrorCode;
  /** For people; never contains a secret. */
  readonly message: string;
  /** Which fields are invalid, and why. */
  readonly issues: readonly InputIssue[];
  /** For a conflict with another's change: the current values of the fields. */
  readonly theirs: Readonly<Record<string, unknown>> | null;
}

/** A server action's result. */
export type ActionResult<Data> = { readonly ok: true; readonly data: Data } | ActionFailure;

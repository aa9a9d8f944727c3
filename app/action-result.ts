import type { InputIssue, ManageErrorCode } from "@/lib/manage/manage-error";

/**
 * Why an action did nothing: a verb's own reasons, or `signed_out`, `forbidden` (the role is too low),
 * `cross_site` (another site's page sent it), `internal_error` (the server's log says what).
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
  /** For people; never holds a secret. */
  readonly message: string;
  /** What is wrong with which field. */
  readonly issues: readonly InputIssue[];
  /** Of a conflict with another's change: the fields as they are now. */
  readonly theirs: Readonly<Record<string, unknown>> | null;
}

/** What a server action answers. */
export type ActionResult<Data> = { readonly ok: true; readonly data: Data } | ActionFailure;

import type { Env } from "@/lib/env";
import type { ManageContext } from "@/lib/manage/manage-context";
import type { UsageReader } from "@/lib/manage/usage/usage-scope";

/** A call of the admin API, past its guard. */
export interface AdminCall {
  readonly request: Request;
  /** The path's one variable part, decoded; empty if it has none. */
  readonly param: string;
  readonly context: ManageContext;
  readonly env: Env;
  /** Whose rights count: a member's, or an admin's for tokens that are no member's. */
  readonly reader: UsageReader;
}

/** Returns the value to send as JSON, undefined for 204, or the response itself. */
export type AdminCallHandler = (call: AdminCall) => Promise<unknown>;

/**
 * Handlers by method and path below `/api/admin/`, written as in the OpenAPI document, with at most one variable part:
 * `PATCH provider-keys/{id}`.
 */
export type AdminCalls = Readonly<Record<string, AdminCallHandler>>;

/**
 * What every route of the admin API does around its verb: guard, context, errors.
 * @module
 */
import { getCloudflareContext } from "@opennextjs/cloudflare";
import type { Right } from "@/lib/auth/member";
import { apiCaller, NotAdminError, ReadOnlyError } from "@/lib/auth/require-admin";
import { openDatabase } from "@/lib/db/open-database";
import { rootCause } from "@/lib/db/root-cause";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "@/lib/env";
import type { ManageContext } from "@/lib/manage/manage-context";
import { type InputIssue, ManageError, type ManageErrorCode } from "@/lib/manage/manage-error";
import { sharedState } from "@/lib/runtime/shared-state";
import { mayUse } from "../../right-of";
import type { AdminCall } from "./admin-call";
import { BodyError } from "./read-body";

const STATUS: Readonly<Record<ManageErrorCode, number>> = {
  invalid_input: 400,
  not_found: 404,
  conflict: 409,
  not_configured: 503,
};

/**
 * A route handler: sends what `handle` returns as JSON, 204 for undefined, or the response itself.
 * @param right The least right of a member whose token calls.
 */
export function adminRoute(
  handle: (call: Omit<AdminCall, "param">) => Promise<unknown>,
  right: Right = "admin",
) {
  return async (request: Request): Promise<Response> => {
    try {
      // Bindings exist only inside a request; lib/env.ts declares them, OpenNext knows only its own.
      const env = getCloudflareContext().env as unknown as Env;
      const db = openDatabase(env.DB);
      const { actor, member } = await apiCaller(request, env, db, Date.now());
      const context: ManageContext = {
        db,
        secrets: sealingSecrets(env),
        nowMs: Date.now,
        actor,
        ...(member?.role === "member" && { shownTo: member.id }),
        allowPrivateUpstreams: allowsPrivateUpstreams(env),
      };
      if (member !== null && !(await mayUse(context, member, right))) {
        return errorBody(403, "forbidden", "The owner of this token may not make this call.");
      }
      const reader = member ?? { id: actor.id, role: "admin" };
      const result = await handle({ request, context, env, reader });
      // A change applies to the very next proxied request of this isolate.
      sharedState(env).expireIfChanged();
      if (result instanceof Response) return result;
      return answer(result === undefined ? 204 : 200, result);
    } catch (error) {
      return errorAnswer(error);
    }
  };
}

function errorAnswer(error: unknown): Response {
  if (error instanceof NotAdminError) {
    return errorBody(401, "unauthorized", error.message, { "www-authenticate": "Bearer" });
  }
  if (error instanceof ReadOnlyError) return errorBody(403, "forbidden", error.message);
  if (error instanceof BodyError) return errorBody(error.status, error.code, error.message);
  if (error instanceof ManageError) {
    return errorBody(STATUS[error.code], error.code, error.message, {}, error.issues);
  }
  console.error("admin API:", rootCause(error));
  return errorBody(500, "internal_error", "Something went wrong; the server's log says what.");
}

export function errorBody(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  issues: readonly InputIssue[] = [],
): Response {
  const error = { code, message, ...(issues.length > 0 && { issues }) };
  return answer(status, { error }, headers);
}

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const init = { status, headers: { ...headers, "cache-control": "no-store" } };
  return body === undefined ? new Response(null, init) : Response.json(body, init);
}

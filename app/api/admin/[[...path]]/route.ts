/**
 * The entry point of the whole admin API. One route for all calls: with a route each, every one would contain its own
 * copy of the database layer.
 * @module
 */
import { ADMIN_CALLS } from "../admin-calls";
import { adminRoute, errorBody } from "../admin-route";
import { rightOfCall } from "../call-rights";
import { findAdminCall } from "../find-admin-call";

interface Route {
  readonly params: Promise<{ path?: string[] }>;
}

async function handle(request: Request, { params }: Route): Promise<Response> {
  const { path = [] } = await params;
  const found = findAdminCall(ADMIN_CALLS, request.method, path);
  if (found === null) return errorBody(404, "not_found", "The admin API has no such path.");
  const { handler, name, methods, param } = found;
  const allow = methods.join(", ");
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  if (handler === undefined) {
    return errorBody(405, "method_not_allowed", `This path takes ${allow}.`, { allow });
  }
  return adminRoute((call) => handler({ ...call, param }), rightOfCall(name))(request);
}

export {
  handle as DELETE,
  handle as GET,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};

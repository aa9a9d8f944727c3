import type { Route } from "next";
import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { currentMember } from "@/lib/auth/current-member";
import type { Member, Right } from "@/lib/auth/member";
import { isSameOrigin } from "@/lib/auth/same-origin";
import type { Env } from "@/lib/env";
import type { ManageContext } from "@/lib/manage/manage-context";
import { PATH_HEADER } from "@/lib/runtime/next-request";
import { memberContext, portalEnv } from "./portal-context";
import { mayUse } from "./right-of";

/** The context of a portal page. */
export interface PortalRead {
  readonly context: ManageContext;
  readonly member: Member;
  readonly env: Env;
}

/**
 * The first line of every page and every route handler of the portal. Sends visitors who aren't signed in to the login
 * page, which returns them, and sends 403 to members who lack the right. A request sent by another site's
 * page (browsers name it in `Origin` on every POST) gets 403 too.
 */
export async function portalRead(right: Right): Promise<PortalRead> {
  const requestHeaders = await headers();
  const member = await currentMember();
  if (member === null) redirect(loginPath(requestHeaders.get(PATH_HEADER)));
  const isCrossSite = requestHeaders.has("origin") && !isSameOrigin(requestHeaders);
  if (isCrossSite) forbidden();
  const env = portalEnv();
  const context = memberContext(env, member, requestHeaders);
  if (!(await mayUse(context, member, right))) forbidden();
  return { context, member, env };
}

function loginPath(path: string | null): Route {
  return path === null || path === "/" ? "/login" : `/login?next=${encodeURIComponent(path)}`;
}

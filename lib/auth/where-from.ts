import type { Actor } from "../db/team/audit-log";

const MAX_USER_AGENT_CHARS = 300;

/**
 * The origin of a request, for the audit log. Cloudflare sets `cf-connecting-ip` and clients can't override it; for
 * `npm start` its front does (`scripts/front/start-front.ts`).
 */
export function whereFrom(headers: Headers): Pick<Actor, "ip" | "userAgent"> {
  return {
    ip: headers.get("cf-connecting-ip"),
    userAgent: headers.get("user-agent")?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
  };
}

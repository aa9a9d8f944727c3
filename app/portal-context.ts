/**
 * The context of verbs that the portal calls.
 * @module
 */
import { getCloudflareContext } from "@opennextjs/cloudflare";
import type { Member } from "@/lib/auth/member";
import { whereFrom } from "@/lib/auth/where-from";
import { openDatabase } from "@/lib/db/open-database";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "@/lib/env";
import type { ManageContext } from "@/lib/manage/manage-context";

/** Bindings and variables; only inside a request. */
export function portalEnv(): Env {
  // lib/env.ts declares the bindings, OpenNext's type knows only its own.
  return getCloudflareContext().env as unknown as Env;
}

export function memberContext(env: Env, member: Member, headers: Headers): ManageContext {
  return {
    db: openDatabase(env.DB),
    secrets: sealingSecrets(env),
    nowMs: Date.now,
    actor: {
      ...{ kind: "user", id: member.id, name: member.email, role: member.role },
      ...whereFrom(headers),
    },
    shownTo: member.role === "member" ? member.id : undefined,
    browserId: member.browserId,
    allowPrivateUpstreams: allowsPrivateUpstreams(env),
    authKey: env.AUTH_KEY ?? "",
  };
}

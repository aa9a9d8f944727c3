import { headers } from "next/headers";
import type { z } from "zod";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { whereFrom } from "@/lib/auth/where-from";
import { openDatabase } from "@/lib/db/open-database";
import { type Env, sealingSecrets } from "@/lib/env";
import type { ManageContext } from "@/lib/manage/manage-context";
import { parseInput } from "@/lib/manage/parse-input";
import type { ActionResult } from "./action-result";
import { actionFailure, failure } from "./portal-action";
import { portalEnv } from "./portal-context";

/** The context of an action of someone who isn't signed in. */
export interface EntranceAction<Input> {
  /** There is no actor yet. */
  readonly context: ManageContext;
  readonly env: Env;
  readonly headers: Headers;
  readonly input: Input;
}

const VISITOR = { kind: "system", id: "visitor", name: "visitor" } as const;

/** A server action for visitors: like `portalAction`, without a member. */
export function entranceAction<Schema extends z.ZodType, Data>(
  schema: Schema,
  run: (call: EntranceAction<z.output<Schema>>) => Promise<Data>,
): (input: unknown) => Promise<ActionResult<Data>> {
  return async (input) => {
    try {
      const requestHeaders = await headers();
      if (!isSameOrigin(requestHeaders)) return failure("cross_site");
      const env = portalEnv();
      const actor = { ...VISITOR, ...whereFrom(requestHeaders) };
      const context = visitorContext(env, actor);
      const data = await run({
        context,
        env,
        headers: requestHeaders,
        input: parseInput(schema, input),
      });
      return { ok: true, data };
    } catch (error) {
      return actionFailure(error);
    }
  };
}

/** The verbs' context for a page that visitors may see. */
export function visitorContext(
  env: Env,
  actor: ManageContext["actor"] = { ...VISITOR, ip: null, userAgent: null },
): ManageContext {
  return { db: openDatabase(env.DB), secrets: sealingSecrets(env), nowMs: Date.now, actor };
}

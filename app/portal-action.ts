import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { currentMember } from "@/lib/auth/current-member";
import type { Member, Right } from "@/lib/auth/member";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { rootCause } from "@/lib/db/root-cause";
import type { Env } from "@/lib/env";
import { hasLostRole } from "@/lib/manage/has-lost-role";
import type { ManageContext } from "@/lib/manage/manage-context";
import { ManageError } from "@/lib/manage/manage-error";
import { parseInput } from "@/lib/manage/parse-input";
import { recordRefusal } from "@/lib/manage/usage/record-refusal";
import { PATH_HEADER } from "@/lib/runtime/next-request";
import { sharedState } from "@/lib/runtime/shared-state";
import type { ActionErrorCode, ActionFailure, ActionResult } from "./action-result";
import { memberContext, portalEnv } from "./portal-context";
import { mayUse } from "./right-of";

export type { ActionResult };

/** The context of a portal action. */
export interface PortalAction<Input> {
  readonly context: ManageContext;
  readonly member: Member;
  readonly env: Env;
  readonly input: Input;
}

/**
 * A server action for members with at least this right. Its input has the schema's type: what the schema refuses in
 * any case does not compile. Checks the origin, the caller and the input before `run`, and never
 * throws: a verb's rejection is returned as a failure, everything else is logged.
 *
 *     "use server";
 *     export const addKeys = portalAction("admin", addProviderKeysInput, ({ context, input }) =>
 *       addProviderKeys(context, input),
 *     );
 */
export function portalAction<Schema extends z.ZodType, Data>(
  right: Right,
  schema: Schema,
  run: (call: PortalAction<z.output<Schema>>) => Promise<Data>,
): (input: z.input<Schema>) => Promise<ActionResult<Data>> {
  return async (input) => {
    try {
      const requestHeaders = await headers();
      if (!isSameOrigin(requestHeaders)) return failure("cross_site");
      const member = await currentMember();
      if (member === null) return failure("signed_out");
      const env = portalEnv();
      const context = memberContext(env, member, requestHeaders);
      if (!(await mayUse(context, member, right))) {
        await recordRefusal(context, requestHeaders.get(PATH_HEADER) ?? "/", right);
        return failure("forbidden");
      }
      const data = await run({ context, member, env, input: parseInput(schema, input) });
      // A change applies to the very next proxied request of this isolate.
      sharedState(env).expireIfChanged();
      return { ok: true, data };
    } catch (error) {
      return actionFailure(error);
    }
  };
}

/** The result for a thrown error. Next's own redirects are rethrown. */
export function actionFailure(error: unknown): ActionFailure {
  unstable_rethrow(error);
  if (error instanceof ManageError) {
    const { code, message, issues, theirs } = error;
    return { ok: false, code, message, issues, theirs };
  }
  if (hasLostRole(error)) return failure("forbidden");
  console.error("portal action:", rootCause(error));
  return failure("internal_error");
}

type OwnCode = Exclude<ActionErrorCode, ManageError["code"]>;

const MESSAGES: Readonly<Record<OwnCode, string>> = {
  signed_out: "Your session has ended. Sign in again; nothing was changed.",
  forbidden: "Your role does not allow this. Nothing was changed.",
  cross_site: "This call came from another site. Nothing was changed.",
  internal_error: "Something went wrong on the server. Its log says what.",
};

export function failure(code: OwnCode): ActionFailure {
  return { ok: false, code, message: MESSAGES[code], issues: [], theirs: null };
}

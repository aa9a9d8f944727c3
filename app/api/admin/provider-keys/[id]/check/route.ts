import { checkProviderKey } from "@/lib/manage/check-provider-key";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import { adminRoute } from "../../../admin-route";

export const POST = adminRoute<{ id: string }>(async ({ params, context, env }) =>
  checkProviderKey(context, params.id, await checkUpstream(env)),
);

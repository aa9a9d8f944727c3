import { resetProviderKey } from "@/lib/manage/reset-provider-key";
import { adminRoute } from "../../../admin-route";

export const POST = adminRoute<{ id: string }>(({ params, context }) =>
  resetProviderKey(context, params.id),
);

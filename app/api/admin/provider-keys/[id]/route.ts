import { deleteProviderKey } from "@/lib/manage/delete-provider-key";
import { updateProviderKeyInput } from "@/lib/manage/schemas";
import { updateProviderKey } from "@/lib/manage/update-provider-key";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const PATCH = adminRoute<{ id: string }>(async ({ request, params, context }) =>
  updateProviderKey(context, params.id, await readBody(request, updateProviderKeyInput)),
);

export const DELETE = adminRoute<{ id: string }>(({ params, context }) =>
  deleteProviderKey(context, params.id),
);

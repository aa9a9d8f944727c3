import { deleteProviderKeys } from "@/lib/manage/delete-provider-keys";
import { deleteProviderKeysInput } from "@/lib/manage/schemas";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const POST = adminRoute(async ({ request, context }) =>
  deleteProviderKeys(context, await readBody(request, deleteProviderKeysInput)),
);

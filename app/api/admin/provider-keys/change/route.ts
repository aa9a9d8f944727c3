import { changeProviderKeys } from "@/lib/manage/change-provider-keys";
import { changeProviderKeysInput } from "@/lib/manage/provider-key-schemas";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const POST = adminRoute(async ({ request, context }) =>
  changeProviderKeys(context, await readBody(request, changeProviderKeysInput)),
);

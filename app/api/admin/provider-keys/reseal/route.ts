import { resealProviderKeysInput } from "@/lib/manage/provider-key-schemas";
import { resealProviderKeys } from "@/lib/manage/reseal-provider-keys";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const POST = adminRoute(async ({ request, context }) =>
  resealProviderKeys(context, await readBody(request, resealProviderKeysInput)),
);

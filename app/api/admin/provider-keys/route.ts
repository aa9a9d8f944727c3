import { addProviderKeys } from "@/lib/manage/add-provider-keys";
import { listProviderKeys } from "@/lib/manage/list-provider-keys";
import { addProviderKeysInput, listProviderKeysInput } from "@/lib/manage/schemas";
import { adminRoute } from "../admin-route";
import { readBody, readQuery } from "../read-body";

export const GET = adminRoute(async ({ request, context }) =>
  listProviderKeys(context, readQuery(request, listProviderKeysInput)),
);

export const POST = adminRoute(async ({ request, context }) =>
  addProviderKeys(context, await readBody(request, addProviderKeysInput)),
);

import { undoProviderKeysInput } from "@/lib/manage/provider-key-schemas";
import { undoProviderKeys } from "@/lib/manage/undo-provider-keys";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const POST = adminRoute(async ({ request, context }) =>
  undoProviderKeys(context, await readBody(request, undoProviderKeysInput)),
);

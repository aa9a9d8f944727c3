import { importKeys } from "@/lib/manage/import-keys";
import { importInput } from "@/lib/manage/import-schemas";
import { importSource } from "@/lib/manage/import-source";
import { adminRoute } from "../admin-route";
import { readBody } from "../read-body";

export const POST = adminRoute(async ({ request, context }) => {
  const input = await readBody(request, importInput);
  return "text" in input ? importSource(context, input) : importKeys(context, input);
});

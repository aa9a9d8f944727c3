import { addModelAlias } from "@/lib/manage/add-model-alias";
import { listModelAliases } from "@/lib/manage/list-model-aliases";
import { addModelAliasInput } from "@/lib/manage/model-alias-schema";
import { adminRoute } from "../admin-route";
import { readBody } from "../read-body";

export const GET = adminRoute(async ({ context }) => ({
  items: await listModelAliases(context),
}));

export const POST = adminRoute(async ({ request, context }) =>
  addModelAlias(context, await readBody(request, addModelAliasInput)),
);

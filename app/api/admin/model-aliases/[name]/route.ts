import { changeModelAlias } from "@/lib/manage/change-model-alias";
import { modelAliasChanges } from "@/lib/manage/model-alias-schema";
import { removeModelAlias } from "@/lib/manage/remove-model-alias";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const PATCH = adminRoute<{ name: string }>(async ({ request, params, context }) => {
  const changes = await readBody(request, modelAliasChanges);
  return changeModelAlias(context, { ...changes, name: params.name });
});

export const DELETE = adminRoute<{ name: string }>(({ params, context }) =>
  removeModelAlias(context, params),
);

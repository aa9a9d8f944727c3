import { changeCustomProvider } from "@/lib/manage/change-custom-provider";
import { customProviderChanges } from "@/lib/manage/custom-provider-schema";
import { removeCustomProvider } from "@/lib/manage/remove-custom-provider";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const PATCH = adminRoute<{ slug: string }>(async ({ request, params, context }) => {
  const changes = await readBody(request, customProviderChanges);
  return changeCustomProvider(context, { ...changes, slug: params.slug });
});

export const DELETE = adminRoute<{ slug: string }>(({ params, context }) =>
  removeCustomProvider(context, params),
);

import { listQuotaLimits } from "@/lib/manage/limits/list-quota-limits";
import { listQuotaLimitsInput, setQuotaLimitsInput } from "@/lib/manage/limits/quota-limit-schemas";
import { setQuotaLimits } from "@/lib/manage/limits/set-quota-limits";
import { addCustomProvider } from "@/lib/manage/providers/add-custom-provider";
import { addModelAlias } from "@/lib/manage/providers/add-model-alias";
import { changeCustomProvider } from "@/lib/manage/providers/change-custom-provider";
import { changeModelAlias } from "@/lib/manage/providers/change-model-alias";
import {
  addCustomProviderInput,
  customProviderChanges,
} from "@/lib/manage/providers/custom-provider-schema";
import { listCustomProviders } from "@/lib/manage/providers/list-custom-providers";
import { listModelAliases } from "@/lib/manage/providers/list-model-aliases";
import { addModelAliasInput, modelAliasChanges } from "@/lib/manage/providers/model-alias-schema";
import { removeCustomProvider } from "@/lib/manage/providers/remove-custom-provider";
import { removeModelAlias } from "@/lib/manage/providers/remove-model-alias";
import type { AdminCalls } from "../admin-call";
import { readBody, readQuery } from "../read-body";

export const routingCalls = {
  "GET custom-providers": async ({ context }) => ({ items: await listCustomProviders(context) }),
  "POST custom-providers": async ({ request, context }) =>
    addCustomProvider(context, await readBody(request, addCustomProviderInput)),
  "PATCH custom-providers/{slug}": async ({ request, param, context }) => {
    const changes = await readBody(request, customProviderChanges);
    return changeCustomProvider(context, { ...changes, slug: param });
  },
  "DELETE custom-providers/{slug}": ({ param, context }) =>
    removeCustomProvider(context, { slug: param }),
  "GET model-aliases": async ({ context }) => ({ items: await listModelAliases(context) }),
  "POST model-aliases": async ({ request, context }) =>
    addModelAlias(context, await readBody(request, addModelAliasInput)),
  "PATCH model-aliases/{name}": async ({ request, param, context }) => {
    const changes = await readBody(request, modelAliasChanges);
    return changeModelAlias(context, { ...changes, name: param });
  },
  "DELETE model-aliases/{name}": ({ param, context }) => removeModelAlias(context, { name: param }),
  "GET quota-limits": async ({ request, context }) => ({
    items: await listQuotaLimits(context, readQuery(request, listQuotaLimitsInput)),
  }),
  "PUT quota-limits": async ({ request, context }) =>
    setQuotaLimits(context, await readBody(request, setQuotaLimitsInput)),
} satisfies AdminCalls;

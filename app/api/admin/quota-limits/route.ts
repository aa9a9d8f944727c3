import { listQuotaLimits } from "@/lib/manage/list-quota-limits";
import { listQuotaLimitsInput, setQuotaLimitsInput } from "@/lib/manage/quota-limit-schemas";
import { setQuotaLimits } from "@/lib/manage/set-quota-limits";
import { adminRoute } from "../admin-route";
import { readBody, readQuery } from "../read-body";

export const GET = adminRoute(async ({ request, context }) => ({
  items: await listQuotaLimits(context, readQuery(request, listQuotaLimitsInput)),
}));

export const PUT = adminRoute(async ({ request, context }) =>
  setQuotaLimits(context, await readBody(request, setQuotaLimitsInput)),
);

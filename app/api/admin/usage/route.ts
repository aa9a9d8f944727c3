import { readUsage } from "@/lib/manage/read-usage";
import { readUsageInput } from "@/lib/manage/usage-schemas";
import { adminRoute } from "../admin-route";
import { readQuery } from "../read-body";

export const GET = adminRoute(async ({ request, context }) =>
  readUsage(context, readQuery(request, readUsageInput)),
);

import { listIncidentsInput } from "@/lib/manage/incident-schemas";
import { listIncidents } from "@/lib/manage/list-incidents";
import { adminRoute } from "../admin-route";
import { readQuery } from "../read-body";

export const GET = adminRoute(async ({ request, context }) => ({
  items: await listIncidents(context, readQuery(request, listIncidentsInput)),
}));

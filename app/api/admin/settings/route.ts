import { changeSettings } from "@/lib/manage/change-settings";
import { readSettings } from "@/lib/manage/read-settings";
import { changeSettingsInput } from "@/lib/manage/settings-schema";
import { adminRoute } from "../admin-route";
import { readBody } from "../read-body";

export const GET = adminRoute(({ context }) => readSettings(context));

export const PATCH = adminRoute(async ({ request, context }) =>
  changeSettings(context, await readBody(request, changeSettingsInput)),
);

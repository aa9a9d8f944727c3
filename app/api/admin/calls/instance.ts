import { answerWithStream } from "@/app/answer-with-stream";
import { textStream } from "@/lib/http/text-stream";
import { changeSettings } from "@/lib/manage/change-settings";
import { examineInstance } from "@/lib/manage/examine-instance";
import { exportRequests } from "@/lib/manage/export-requests";
import { findRequest } from "@/lib/manage/find-request";
import { listIncidentsInput } from "@/lib/manage/incident-schemas";
import { listIncidents } from "@/lib/manage/list-incidents";
import { listRequests } from "@/lib/manage/list-requests";
import { readSettings } from "@/lib/manage/read-settings";
import { readUsage } from "@/lib/manage/read-usage";
import { changeSettingsInput } from "@/lib/manage/settings-schema";
import { listRequestsInput, readUsageInput } from "@/lib/manage/usage-schemas";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import { configProblem } from "@/lib/runtime/config-problem";
import type { AdminCall, AdminCalls } from "../admin-call";
import { readBody, readQuery } from "../read-body";

export const instanceCalls = {
  "GET usage": ({ request, context }) => readUsage(context, readQuery(request, readUsageInput)),
  "GET requests": readRequests,
  "GET requests/{id}": ({ param, context }) => findRequest(context, param),
  "GET incidents": async ({ request, context }) => ({
    items: await listIncidents(context, readQuery(request, listIncidentsInput)),
  }),
  "GET settings": ({ context }) => readSettings(context),
  "PATCH settings": async ({ request, context }) =>
    changeSettings(context, await readBody(request, changeSettingsInput)),
  "GET doctor": ({ context, env }) =>
    examineInstance(context, {
      env,
      configProblem: configProblem(env),
      openUpstream: () => checkUpstream(env),
    }),
} satisfies AdminCalls;

async function readRequests({ request, context }: AdminCall): Promise<unknown> {
  const input = readQuery(request, listRequestsInput);
  if (input.format === "json") return listRequests(context, input);
  const { format, cursor: _, limit: __, after: ___, ...filter } = input;
  return answerWithStream(textStream(exportRequests(context, filter, format)), {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="requests.csv"',
    "cache-control": "no-store",
  });
}

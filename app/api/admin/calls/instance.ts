import { answerWithStream } from "@/app/answer-with-stream";
import { signInProblems } from "@/lib/auth/sign-in-problems";
import { textStream } from "@/lib/http/text-stream";
import { listIncidentsInput } from "@/lib/manage/alerts/incident-schemas";
import { listIncidents } from "@/lib/manage/alerts/list-incidents";
import { examineInstance } from "@/lib/manage/examine/examine-instance";
import { changeSettings } from "@/lib/manage/settings/change-settings";
import { readSettings } from "@/lib/manage/settings/read-settings";
import { changeSettingsInput } from "@/lib/manage/settings/settings-schema";
import {
  changeSignInSettings,
  changeSignInSettingsInput,
  readSignInSettings,
  testSignInSettings,
} from "@/lib/manage/settings/sign-in-settings";
import {
  changeTraceSettings,
  changeTraceSettingsInput,
  readTraceSettings,
  testTraceSettings,
} from "@/lib/manage/settings/trace-settings";
import { narrowed, readRequestStory } from "@/lib/manage/usage/browse-requests";
import { exportRequests } from "@/lib/manage/usage/export-requests";
import { listRequests } from "@/lib/manage/usage/list-requests";
import { readUsage } from "@/lib/manage/usage/read-usage";
import { listRequestsInput, readUsageInput } from "@/lib/manage/usage/usage-schemas";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import { configProblem } from "@/lib/runtime/config-problem";
import { signInDeployment } from "@/lib/runtime/sign-in";
import { traceDeployment } from "@/lib/runtime/traces";
import type { AdminCall, AdminCalls } from "../admin-call";
import { readBody, readQuery } from "../read-body";

export const instanceCalls = {
  "GET usage": ({ request, context }) => readUsage(context, readQuery(request, readUsageInput)),
  "GET requests": readRequests,
  "GET requests/{id}": async ({ param, context, reader }) => {
    const {
      tokenName: _,
      userName: __,
      maskedKey: ___,
      ...story
    } = await readRequestStory(context, reader, param);
    return story;
  },
  "GET incidents": async ({ request, context }) => ({
    items: await listIncidents(context, readQuery(request, listIncidentsInput)),
  }),
  "GET settings": ({ context }) => readSettings(context),
  "PATCH settings": async ({ request, context }) =>
    changeSettings(context, await readBody(request, changeSettingsInput)),
  "GET settings/traces": ({ context, env }) => readTraceSettings(context, traceDeployment(env)),
  "PATCH settings/traces": async ({ request, context, env }) => {
    await changeTraceSettings(context, await readBody(request, changeTraceSettingsInput));
    return readTraceSettings(context, traceDeployment(env));
  },
  "POST settings/traces/test": async ({ context, env }) => ({
    problem: await testTraceSettings(context, traceDeployment(env)),
  }),
  "GET settings/sign-in": ({ request, context, env }) =>
    readSignInSettings(context, signInDeployment(env, request.headers)),
  "PATCH settings/sign-in": async ({ request, context, env }) => {
    const deployment = signInDeployment(env, request.headers);
    const input = await readBody(request, changeSignInSettingsInput);
    await changeSignInSettings(context, deployment, input);
    return readSignInSettings(context, deployment);
  },
  "POST settings/sign-in/test": async ({ request, context, env }) => ({
    problem: await testSignInSettings(context, signInDeployment(env, request.headers)),
  }),
  "GET doctor": ({ context, env }) =>
    examineInstance(context, {
      env,
      configProblem: configProblem(env),
      signInProblems: signInProblems(env),
      openUpstream: () => checkUpstream(env),
    }),
} satisfies AdminCalls;

async function readRequests({ request, context, reader }: AdminCall): Promise<unknown> {
  const input = await narrowed(context, reader, readQuery(request, listRequestsInput));
  if (input.format === "json") return listRequests(context, input);
  const { format, cursor: _, limit: __, after: ___, ...filter } = input;
  return answerWithStream(textStream(exportRequests(context, filter, format)), {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="requests.csv"',
    "cache-control": "no-store",
  });
}

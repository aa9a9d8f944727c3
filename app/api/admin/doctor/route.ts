import { examineInstance } from "@/lib/manage/examine-instance";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import { configProblem } from "@/lib/runtime/config-problem";
import { adminRoute } from "../admin-route";

export const GET = adminRoute(({ context, env }) =>
  examineInstance(context, {
    env,
    configProblem: configProblem(env),
    openUpstream: () => checkUpstream(env),
  }),
);

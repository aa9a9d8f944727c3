import { readBudgets } from "@/lib/manage/read-budgets";
import { sharedRecorder } from "@/lib/runtime/shared-state";
import { adminRoute } from "../admin-route";

export const GET = adminRoute(async ({ context, env }) => {
  const { ledger } = sharedRecorder(env);
  return { items: await readBudgets(context, "everyone", (id) => ledger.underWay(id)) };
});

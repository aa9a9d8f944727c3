import { rebuildBudgets } from "@/lib/manage/rebuild-budgets";
import { adminRoute } from "../../admin-route";

export const POST = adminRoute(({ context }) => rebuildBudgets(context));

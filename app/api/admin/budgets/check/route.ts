import { checkBudgets } from "@/lib/manage/check-budgets";
import { adminRoute } from "../../admin-route";

export const GET = adminRoute(({ context }) => checkBudgets(context));

"use server";

import { portalAction } from "@/app/portal-action";
import { rebuildBudgets } from "@/lib/manage/rebuild-budgets";
import { noInput } from "@/lib/manage/team-schemas";

export const rebuild = portalAction("admin", noInput, ({ context }) => rebuildBudgets(context));

"use server";

import { portalAction } from "@/app/portal-action";
import { noInput } from "@/lib/manage/team/team-schemas";
import { rebuildBudgets } from "@/lib/manage/usage/rebuild-budgets";

export const rebuild = portalAction("admin", noInput, ({ context }) => rebuildBudgets(context));

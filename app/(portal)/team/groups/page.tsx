import { Boxes } from "lucide-react";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { CreateGroup } from "@/components/groups/create-group";
import { GroupsTable } from "@/components/groups/groups-table";
import { PageHeader } from "@/components/page-header";
import { listTendedGroups } from "@/lib/manage/groups/group-access";
import { listGroups } from "@/lib/manage/groups/list-groups";
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { readBudgets } from "@/lib/manage/usage/read-budgets";
import { liveHolds } from "@/lib/runtime/live-figures";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("title") };
}

/** All groups at a glance; for a group's admin, those. */
export default async function GroupsPage() {
  const { context, member, env } = await portalRead("groupAdmin");
  const isAdmin = member.role === "admin";
  const [all, own, t, team] = await Promise.all([
    listGroups(context),
    listTendedGroups(context, member),
    getTranslations("groups"),
    getTranslations("team"),
  ]);
  const groups = all.filter(({ id }) => own.some((group) => group.id === id));
  const budgets =
    groups.length === 0
      ? []
      : await readBudgets(context, tokenReach(member), liveHolds(await headers(), env));
  return (
    <ClientMessages areas={["groups", "tokens"]}>
      <PageHeader
        title={t("title")}
        description={groups.length > 0 && t("description", { count: groups.length })}
        crumbs={isAdmin ? [{ label: team("title"), href: "/team" }, { label: t("title") }] : []}
        actions={isAdmin && groups.length > 0 && <CreateGroup />}
      />
      {groups.length === 0 ? (
        <EmptyState
          icon={Boxes}
          title={t("empty.title")}
          description={t("empty.description")}
          action={<CreateGroup />}
        />
      ) : (
        <GroupsTable groups={groups} budgets={budgets} />
      )}
    </ClientMessages>
  );
}

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
import { listGroups } from "@/lib/manage/groups/list-groups";
import { readBudgets } from "@/lib/manage/usage/read-budgets";
import { liveHolds } from "@/lib/runtime/live-figures";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("title") };
}

/** All groups at a glance. */
export default async function GroupsPage() {
  const { context, env } = await portalRead("admin");
  const [groups, t, team] = await Promise.all([
    listGroups(context),
    getTranslations("groups"),
    getTranslations("team"),
  ]);
  const budgets =
    groups.length === 0
      ? []
      : await readBudgets(context, "everyone", liveHolds(await headers(), env));
  return (
    <ClientMessages areas={["groups", "tokens"]}>
      <PageHeader
        title={t("title")}
        description={groups.length > 0 && t("description", { count: groups.length })}
        crumbs={[{ label: team("title"), href: "/team" }, { label: t("title") }]}
        actions={groups.length > 0 && <CreateGroup />}
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

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ChangeList } from "@/components/overview/change-list";
import { FirstSteps } from "@/components/overview/first-steps";
import { PoolFigures } from "@/components/overview/pool-figures";
import { PoolTable } from "@/components/overview/pool-table";
import { StatusLine } from "@/components/overview/status-line";
import { PageHeader } from "@/components/page-header";
import { roleAllows } from "@/lib/auth/member";
import { readPoolOverview } from "@/lib/manage/read-pool-overview";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("overview");
  return { title: t("title") };
}

/** Whether anything is wrong, how the pools are, and what happened lately. */
export default async function OverviewPage() {
  const { context, member } = await portalRead("viewer");
  const t = await getTranslations("overview");
  const withPeople = roleAllows(member.role, "admin");
  const { pools, changes } = await readPoolOverview(context, { withPeople });
  if (pools.length === 0) {
    return (
      <>
        <PageHeader title={t("title")} />
        <FirstSteps role={member.role} />
      </>
    );
  }
  return (
    <>
      <PageHeader title={t("title")} />
      <div className="space-y-8">
        <StatusLine pools={pools} />
        <PoolFigures pools={pools} />
        <PoolTable pools={pools} />
        <ChangeList changes={changes} />
      </div>
    </>
  );
}

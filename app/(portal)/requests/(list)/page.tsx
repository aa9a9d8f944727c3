import { ListTree } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTimeZone, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { LogExportMenu } from "@/components/log-export-menu";
import { PageHeader } from "@/components/page-header";
import { LiveRequests } from "@/components/requests/live-requests";
import { RequestFilters } from "@/components/requests/request-filters";
import { RequestTable } from "@/components/requests/request-table";
import { CursorPager } from "@/components/table/cursor-pager";
import { ViewsButton } from "@/components/views/views-button";
import { ManageError } from "@/lib/manage/manage-error";
import { browseRequests } from "@/lib/manage/usage/browse-requests";
import { listRequestChoices } from "@/lib/manage/usage/list-request-choices";
import { requestFilterOf, text } from "../request-query";

const PAGE_SIZE = 50;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("requests"))("title") };
}

export default async function RequestsPage({ searchParams }: PageProps<"/requests">) {
  const { context, member } = await portalRead("viewer");
  const params = await searchParams;
  const filter = requestFilterOf(params, await getTimeZone());
  const cursor = text(params.page);
  const [{ items, nextCursor }, choices, t] = await Promise.all([
    browseRequests(context, member, { ...filter, cursor, limit: PAGE_SIZE, format: "json" }),
    listRequestChoices(context, member, filter),
    getTranslations("requests"),
  ]).catch((error: unknown) => {
    // A cursor that someone wrote by hand.
    if (error instanceof ManageError) notFound();
    throw error;
  });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const isNewest = cursor === undefined;
  // A range that is over gets nothing new.
  const isLive = isNewest && (filter.to === undefined || filter.to > context.nowMs());
  const empty = (
    <EmptyState
      icon={ListTree}
      title={isFiltered ? t("noMatch") : t("empty")}
      description={isFiltered ? t("noMatchDescription") : t("emptyDescription")}
    />
  );
  return (
    <ClientMessages areas={["requests", "views"]}>
      <PageHeader
        title={t("title")}
        description={member.role === "member" ? t("descriptionOwn") : t("description")}
        actions={
          <>
            <ViewsButton mayShare={member.role !== "viewer"} />
            <LogExportMenu path="/requests/export" />
          </>
        }
      />
      <RequestFilters choices={choices} isAdminView={member.role !== "member"} />
      {isLive ? (
        // Another filter is another list.
        <LiveRequests key={JSON.stringify(filter)} items={items} empty={empty} />
      ) : items.length === 0 ? (
        empty
      ) : (
        <RequestTable items={items} />
      )}
      <CursorPager isNewest={isNewest} nextCursor={nextCursor} />
    </ClientMessages>
  );
}

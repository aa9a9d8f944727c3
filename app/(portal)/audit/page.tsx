import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTimeZone, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { actionLabel } from "@/components/audit/action-label";
import { AuditFilters } from "@/components/audit/audit-filters";
import { AuditTable } from "@/components/audit/audit-table";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { LogExportMenu } from "@/components/log-export-menu";
import { PageHeader } from "@/components/page-header";
import { CursorPager } from "@/components/table/cursor-pager";
import { listAuditChoices } from "@/lib/manage/audit/list-audit-choices";
import { listAuditEntries } from "@/lib/manage/audit/list-audit-entries";
import { ManageError } from "@/lib/manage/manage-error";
import { auditFilterOf, text } from "./audit-query";

const PAGE_SIZE = 50;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("audit"))("title") };
}

export default async function AuditPage({ searchParams }: PageProps<"/audit">) {
  const { context } = await portalRead("admin");
  const params = await searchParams;
  const filter = auditFilterOf(params, await getTimeZone());
  // The parameter is `page` as in other lists, so that filters reset it automatically.
  const cursor = text(params.page);
  const [{ items, nextCursor }, choices, t] = await Promise.all([
    listAuditEntries(context, { ...filter, limit: PAGE_SIZE, ...(cursor && { cursor }) }),
    listAuditChoices(context),
    getTranslations("audit"),
  ]).catch((error: unknown) => {
    // A cursor that someone wrote by hand.
    if (error instanceof ManageError) notFound();
    throw error;
  });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <ClientMessages areas={["audit"]}>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={<LogExportMenu path="/audit/export" />}
      />
      <AuditFilters
        actors={choices.actors.map(({ id, name }) => ({ value: id, label: name }))}
        actions={choices.actions.map((action) => ({
          value: action,
          label: actionLabel(t, action),
        }))}
        subject={items[0] && filter.subjectId ? items[0].subjectName : null}
      />
      {items.length === 0 ? (
        <EmptyState
          icon={ScrollText}
          title={isFiltered ? t("noMatch") : t("empty")}
          description={isFiltered ? t("noMatchDescription") : t("emptyDescription")}
        />
      ) : (
        <AuditTable entries={items} />
      )}
      <CursorPager isNewest={cursor === undefined} nextCursor={nextCursor} />
    </ClientMessages>
  );
}

import { Boxes } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { FilterSelect } from "@/components/filters/filter-select";
import { Link } from "@/components/link";
import { PageHeader } from "@/components/page-header";
import { SearchField } from "@/components/search-field";
import { DataTablePager } from "@/components/table/data-table-pager";
import { contains, PAGE_SIZE, pageOf } from "@/components/table/page-of";
import { readTableSort } from "@/components/table/table-sort";
import { InviteDialog } from "@/components/team/invite-dialog";
import { InvitesTable } from "@/components/team/invites-table";
import { MembersTable } from "@/components/team/members-table";
import { Button } from "@/components/ui/button";
import { ROLES } from "@/lib/auth/member";
import { listInvites } from "@/lib/manage/team/list-invites";
import { listMembers } from "@/lib/manage/team/list-members";
import { ownersAmong } from "@/lib/manage/tokens/token-owner";
import { readMemberFigures, utcDayMs } from "@/lib/manage/usage/read-today-figures";
import { byFigure, CALLER_FIGURES, inOrderOf } from "@/lib/usage/figures/figure-order";

/** Invalid values in the URL are ignored. */
const query = z.object({
  q: z.string().trim().min(1).max(200).optional().catch(undefined),
  role: z.enum(ROLES).optional().catch(undefined),
  page: z.coerce.number().int().catch(1),
  sort: z.string().optional().catch(undefined),
});

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("team"))("title") };
}

export default async function TeamPage({ searchParams }: PageProps<"/team">) {
  const { context, member } = await portalRead("admin");
  const { q, role, sort, ...wanted } = query.parse(await searchParams);
  const [members, invites, figures, t] = await Promise.all([
    listMembers(context),
    listInvites(context),
    readMemberFigures(context),
    getTranslations("team"),
  ]);
  const found = members.filter(
    (each) => contains([each.name, each.email], q) && (role ?? each.role) === each.role,
  );
  const sorted = readTableSort(sort, CALLER_FIGURES);
  const ids = found.map(({ id }) => id);
  const ordered =
    sorted === null
      ? found
      : inOrderOf(found, byFigure(ids, figures, sorted.column, !sorted.isDescending));
  const { rows, page } = pageOf(ordered, wanted.page);
  const isLong = members.length > PAGE_SIZE;
  const openInvites = t("invites.open", { count: invites.length });
  return (
    <ClientMessages areas={["auth", "limits", "team"]}>
      <PageHeader
        title={t("title")}
        description={t("description", { count: members.length })}
        actions={
          <>
            <Button asChild variant="outline">
              <Link href="/team/groups">
                <Boxes aria-hidden />
                {t("groups")}
              </Link>
            </Button>
            <InviteDialog />
          </>
        }
      />
      {isLong && (
        <div className="mb-4 flex flex-wrap gap-2">
          <SearchField label={t("search")} />
          <FilterSelect
            name="role"
            label={t("columns.role")}
            anyLabel={t("anyRole")}
            options={ROLES.map((each) => ({ value: each, label: t(`roles.${each}`) }))}
          />
        </div>
      )}
      {isLong && found.length === 0 ? (
        <p className="text-muted-foreground py-8 text-center text-sm">{t("noneFound")}</p>
      ) : (
        <MembersTable
          members={rows}
          ownId={member.id}
          figures={figures}
          sinceMs={utcDayMs(context.nowMs())}
          heirs={ownersAmong(members)}
        />
      )}
      {isLong && (
        <div className="mt-4">
          <DataTablePager page={page} pageSize={PAGE_SIZE} total={found.length} />
        </div>
      )}
      {invites.length > 0 && (
        <section className="mt-10">
          <h2 className="mb-3 font-medium">{openInvites}</h2>
          <InvitesTable invites={invites} label={openInvites} />
        </section>
      )}
    </ClientMessages>
  );
}

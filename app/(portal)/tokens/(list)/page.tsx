import { Gauge, Ticket } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { portalRead } from "@/app/portal-read";
import { mayUse } from "@/app/right-of";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { FilterSelect } from "@/components/filters/filter-select";
import { Link } from "@/components/link";
import { PageHeader } from "@/components/page-header";
import { SearchField } from "@/components/search-field";
import { readTableSort } from "@/components/table/table-sort";
import { CreateToken, CreateTokenButton } from "@/components/tokens/create-token";
import { TokenOwners } from "@/components/tokens/token-owners";
import { TokenTable } from "@/components/tokens/token-table";
import { Button } from "@/components/ui/button";
import { roleAllows } from "@/lib/auth/member";
import { listGroupChoices } from "@/lib/manage/groups/list-group-choices";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { browseAccessTokens } from "@/lib/manage/tokens/browse-access-tokens";
import { readTokenUse } from "@/lib/manage/tokens/read-token-use";
import { listOwnerChoices } from "@/lib/manage/tokens/token-owner";
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { utcDayMs } from "@/lib/manage/usage/read-today-figures";
import { CALLER_FIGURES } from "@/lib/usage/figures/figure-order";
import { TOKEN_LIMITS } from "@/lib/usage/token-limits";

const STATES = ["active", "paused", "expired", "revoked"] as const;
const PAGE_SIZE = 50;

/** Invalid values in the URL are ignored. */
const query = z.object({
  q: z.string().trim().min(1).max(200).optional().catch(undefined),
  state: z.enum(STATES).optional().catch(undefined),
  group: z.string().trim().min(1).max(200).optional().catch(undefined),
  after: z.string().optional().catch(undefined),
  sort: z.string().optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
});

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("tokens");
  return { title: t("title") };
}

export default async function TokensPage({ searchParams }: PageProps<"/tokens">) {
  const { context, member } = await portalRead("viewer");
  const { q, state, group, after, sort, page } = query.parse(await searchParams);
  const t = await getTranslations("tokens");
  const sorted = readTableSort(sort, CALLER_FIGURES);
  const { items, nextCursor, figures, total } = await browseAccessTokens(
    context,
    tokenReach(member),
    { q, status: state ?? "current", group, cursor: after, limit: PAGE_SIZE },
    sorted && { figure: sorted.column, isAscending: !sorted.isDescending, page },
  );
  const limited = items.filter((token) => TOKEN_LIMITS.some((name) => token[name] !== null));
  const isAdmin = member.role === "admin";
  const [use, known, groups, owners, mayUseAdminApi] = await Promise.all([
    readTokenUse(
      context,
      limited.map(({ id }) => id),
    ),
    allProviders(context),
    listGroupChoices(context, member),
    isAdmin ? listOwnerChoices(context) : [],
    mayUse(context, member, "groupAdmin"),
  ]);
  const providers = known.map(({ slug, label }) => ({ slug, label }));
  const mayChange = roleAllows(member.role, "member");
  const create = mayChange && <CreateTokenButton />;
  const isFiltered = [q, state, group, after].some((value) => value !== undefined);
  const isEmpty = items.length === 0 && !isFiltered;
  return (
    <ClientMessages areas={["limits", "tokens"]}>
      <TokenOwners owners={owners}>
        <PageHeader
          title={t("title")}
          description={isAdmin ? t("description") : t("descriptionOwn")}
          actions={
            !isEmpty && (
              <>
                <Button asChild variant="outline">
                  <Link href="/tokens/budgets">
                    <Gauge aria-hidden />
                    {t("budgets")}
                  </Link>
                </Button>
                {create}
              </>
            )
          }
        />
        {mayChange && (
          <CreateToken
            providers={providers}
            groups={groups}
            groupId={group ?? null}
            isAdmin={isAdmin}
            mayUseAdminApi={mayUseAdminApi}
          />
        )}
        {isEmpty ? (
          <EmptyState
            icon={Ticket}
            title={t("empty.title")}
            description={mayChange ? t("empty.description") : t("empty.viewer")}
            action={create}
          />
        ) : (
          <div className="space-y-3">
            <div className="flex flex-wrap gap-2">
              <SearchField label={t("search")} />
              <FilterSelect
                name="state"
                label={t("filter.label")}
                anyLabel={t("filter.any")}
                options={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
              />
              {groups.length > 0 && (
                <FilterSelect
                  name="group"
                  label={t("filter.group")}
                  anyLabel={t("filter.anyGroup")}
                  options={groups.map(({ id, name }) => ({ value: id, label: name }))}
                />
              )}
            </div>
            <TokenTable
              tokens={items}
              use={use}
              providers={providers}
              isAdmin={isAdmin}
              withOwners={isAdmin || items.some(({ owner }) => owner?.id !== member.id)}
              mayChange={mayChange}
              today={{
                figures,
                sinceMs: utcDayMs(context.nowMs()),
                pager: total === null ? null : { page, pageSize: PAGE_SIZE, total },
              }}
            />
            <nav aria-label={t("pages")} className="flex justify-end gap-2">
              {after !== undefined && total === null && (
                <Button asChild variant="outline" size="sm">
                  <Link href={pageHref({ q, state, group })}>{t("newest")}</Link>
                </Button>
              )}
              {nextCursor !== null && (
                <Button asChild variant="outline" size="sm">
                  <Link href={pageHref({ q, state, group, after: nextCursor })}>{t("older")}</Link>
                </Button>
              )}
            </nav>
          </div>
        )}
      </TokenOwners>
    </ClientMessages>
  );
}

function pageHref(fields: Partial<z.output<typeof query>>) {
  const set = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `/tokens?${new URLSearchParams(set)}` as const;
}

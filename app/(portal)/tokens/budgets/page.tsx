import { Gauge } from "lucide-react";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { portalRead } from "@/app/portal-read";
import { BudgetTable } from "@/components/budgets/budget-table";
import { CheckTable } from "@/components/budgets/check-table";
import { ReadinessTable } from "@/components/budgets/readiness-table";
import { RebuildBudgets } from "@/components/budgets/rebuild-budgets";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { Link } from "@/components/link";
import { PageHeader } from "@/components/page-header";
import { SearchField } from "@/components/search-field";
import { DataTablePager } from "@/components/table/data-table-pager";
import { contains, PAGE_SIZE, pageOf } from "@/components/table/page-of";
import { Button } from "@/components/ui/button";
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { checkBudgets } from "@/lib/manage/usage/check-budgets";
import { readBudgets } from "@/lib/manage/usage/read-budgets";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";
import { liveHolds } from "@/lib/runtime/live-figures";
import { modelReadiness } from "@/lib/runtime/model-readiness";

/** `?check=true`: the budgets are compared with the rollups and the log. Invalid values are ignored. */
const query = z.object({
  check: z.literal("true").optional().catch(undefined),
  q: z.string().trim().min(1).max(200).optional().catch(undefined),
  page: z.coerce.number().int().catch(1),
});

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("budgets"))("title") };
}

export default async function BudgetsPage({ searchParams }: PageProps<"/tokens/budgets">) {
  const { context, member, env } = await portalRead("viewer");
  const { check, q, ...wanted } = query.parse(await searchParams);
  const [t, shell] = await Promise.all([getTranslations("budgets"), getTranslations("shell")]);
  const isAdmin = member.role === "admin";
  const [holders, ready] = await Promise.all([
    readBudgets(context, tokenReach(member), liveHolds(await headers(), env)),
    isolateProxy(env, fetchDecoded).then(modelReadiness),
  ]);
  const found = holders.filter(({ name, owner }) => contains([name, owner?.name ?? null], q));
  const { rows, page } = pageOf(found, wanted.page);
  const isLong = holders.length > PAGE_SIZE;
  return (
    <ClientMessages areas={["budgets"]}>
      <PageHeader
        title={t("title")}
        description={isAdmin ? t("description") : t("descriptionOwn")}
        crumbs={[{ label: shell("areas.tokens"), href: "/tokens" }, { label: t("title") }]}
      />
      {holders.length === 0 ? (
        <EmptyState icon={Gauge} title={t("empty.title")} description={t("empty.description")} />
      ) : (
        <>
          {isLong && (
            <div className="mb-4">
              <SearchField label={t("search")} />
            </div>
          )}
          {found.length === 0 ? (
            <p className="text-muted-foreground py-8 text-center text-sm">{t("noneFound")}</p>
          ) : (
            <BudgetTable withLinks={isAdmin} holders={rows} />
          )}
          {isLong && (
            <div className="mt-4">
              <DataTablePager page={page} pageSize={PAGE_SIZE} total={found.length} />
            </div>
          )}
          <p className="text-muted-foreground mt-2 text-sm">{t("reservedHelp")}</p>
        </>
      )}
      {ready.length > 0 && (
        <section aria-labelledby="ready" className="mt-10 space-y-3">
          <h2 id="ready" className="text-base font-medium">
            {t("ready.title")}
          </h2>
          <p className="text-muted-foreground max-w-prose text-sm">{t("ready.description")}</p>
          <ReadinessTable providers={ready} />
        </section>
      )}
      {isAdmin && holders.length > 0 && (
        <section aria-labelledby="check" className="mt-10">
          <div className="mb-3 flex flex-wrap items-start justify-between gap-3">
            <div className="min-w-0 flex-1 basis-80 space-y-1">
              <h2 id="check" className="text-base font-medium">
                {t("check.title")}
              </h2>
              <p className="text-muted-foreground max-w-prose text-sm">{t("check.description")}</p>
            </div>
            <div className="flex shrink-0 flex-wrap gap-2">
              <Button asChild variant="outline" size="sm">
                <Link href="/tokens/budgets?check=true" prefetch={false} scroll={false}>
                  {t("check.run")}
                </Link>
              </Button>
              <RebuildBudgets />
            </div>
          </div>
          {check && <CheckTable check={await checkBudgets(context)} />}
        </section>
      )}
    </ClientMessages>
  );
}

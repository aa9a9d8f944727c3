import { ChartColumn } from "lucide-react";
import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { requestsHref } from "@/components/requests/requests-href";
import { boardCharts } from "@/components/usage/board-charts";
import { LogThinningNotice } from "@/components/usage/log-thinning-notice";
import { UsageBreakdown } from "@/components/usage/usage-breakdown";
import { UsageChart } from "@/components/usage/usage-chart";
import { UsageFigures } from "@/components/usage/usage-figures";
import { UsageFilters } from "@/components/usage/usage-filters";
import { roleAllows } from "@/lib/auth/member";
import { readLogThinning } from "@/lib/manage/usage/read-log-thinning";
import { readUsageBoard } from "@/lib/manage/usage/read-usage-board";
import { OUTCOMES } from "@/lib/usage/types";
import { GROUPS, RANGES, usageQueryOf } from "./usage-query";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("usage"))("title") };
}

/** Who and what spends: a member's own usage, or the team's. */
export default async function UsagePage({ searchParams }: PageProps<"/usage">) {
  const { context, member } = await portalRead("viewer");
  const query = usageQueryOf(await searchParams, context.nowMs(), await getTimeZone());
  const [board, thinning, t] = await Promise.all([
    readUsageBoard(context, member, query),
    readLogThinning(context),
    getTranslations("usage"),
  ]);
  const isOwn = member.role === "member";
  const { groupBy, grain } = query;
  const nameOf = (id: string) => board.names[id] ?? id;
  const groupName = (id: string | null) => {
    if (id === null) return t("other");
    if (id === "") return t(`none.${groupBy}`);
    const outcome = OUTCOMES.find((each) => each === id);
    return groupBy === "outcome" && outcome !== undefined ? t(`outcome.${outcome}`) : nameOf(id);
  };
  const { provider, model, token, user, outcome } = query;
  const filters = { provider, model, token, user, outcome };
  const linkOf = (id: string) => (id === "" ? null : { ...filters, [groupBy]: id });
  const charts = boardCharts(
    board,
    grain,
    {
      outcome: (outcome) => t(`outcome.${outcome}`),
      group: groupName,
      cooled: t("cooled"),
      blocked: t("blocked"),
      attempts: t("figures.attempts"),
    },
    (chart) => t(`charts.${chart}`, { group: t(`by.${groupBy}`) }),
    { all: filters, group: linkOf },
  );
  const named = (ids: readonly string[]) => ids.map((value) => ({ value, label: nameOf(value) }));
  const { choices } = board;
  return (
    <ClientMessages areas={["usage"]}>
      <PageHeader title={t("title")} description={t(isOwn ? "descriptionOwn" : "description")} />
      <UsageFilters
        ranges={RANGES.map((value) => ({ value, label: t(`ranges.${value}`) }))}
        groups={GROUPS.filter((value) => !isOwn || (value !== "key" && value !== "user")).map(
          (value) => ({ value, label: t(`groups.${value}`) }),
        )}
        filters={[
          { name: "provider", choices: named(choices.providers) },
          ...(groupBy === "key" && grain === "day"
            ? []
            : [{ name: "model" as const, choices: named(choices.models) }]),
          ...(groupBy === "key"
            ? []
            : [{ name: "token" as const, choices: named(choices.tokens) }]),
          ...(groupBy === "key" || isOwn
            ? []
            : [{ name: "user" as const, choices: named(choices.users) }]),
          {
            name: "outcome",
            choices: OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) })),
          },
        ]}
      />
      {!isOwn && (
        <LogThinningNotice thinning={thinning} mayChange={roleAllows(member.role, "admin")} />
      )}
      {board.totals.requests === 0 && board.totals.attempts === 0 ? (
        <EmptyState
          icon={ChartColumn}
          title={t("empty.title")}
          description={t("empty.description")}
        />
      ) : (
        <div className="space-y-6">
          <UsageFigures totals={board.totals} />
          <div className="grid gap-4 lg:grid-cols-2 lg:[&>:last-child:nth-child(odd)]:col-span-2">
            {charts.map(({ name, data }) => (
              <UsageChart key={name} data={data} hint={t(`hints.${name}`)} />
            ))}
          </div>
          <UsageBreakdown
            title={t("breakdown", { group: t(`by.${groupBy}`) })}
            groupLabel={t(`column.${groupBy}`)}
            rows={board.groups.map((row) => ({ ...row, label: groupName(row.id) }))}
            hrefOf={(id) => {
              const link = linkOf(id);
              const times = { sinceMs: query.fromMs, untilMs: query.toMs };
              return link && requestsHref({ ...link, ...times });
            }}
          />
        </div>
      )}
    </ClientMessages>
  );
}

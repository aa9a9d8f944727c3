import { ChartColumn } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { EmptyState } from "@/components/empty-state";
import { type RequestsLink, requestsHref } from "@/components/requests/requests-href";
import type { UsageBoard, UsageBoardInput } from "@/lib/manage/usage/read-usage-board";
import { groupedTag, isTagGroup } from "@/lib/manage/usage/tag-question";
import { formatTag } from "@/lib/tags/tag-text";
import { OTHER_VALUE } from "@/lib/usage/rollup";
import { OUTCOMES } from "@/lib/usage/types";
import { type BoardChart, boardCharts } from "./board-charts";
import { UsageBreakdown } from "./usage-breakdown";
import { UsageChart } from "./usage-chart";
import { UsageFigures } from "./usage-figures";

/** Times aren't counted by tag. */
const BY_TIME: ReadonlySet<BoardChart> = new Set(["duration", "firstToken"]);

/**
 * A range of time in figures and charts, and who or what made it up. Bars and rows lead to their requests.
 * @param without Charts that say nothing here.
 */
export async function UsageBoardView({
  board,
  query,
  without = [],
}: {
  readonly board: UsageBoard;
  readonly query: UsageBoardInput;
  readonly without?: readonly BoardChart[];
}) {
  const t = await getTranslations("usage");
  if (board.totals.requests === 0 && board.totals.attempts === 0) {
    return (
      <EmptyState
        icon={ChartColumn}
        title={t("empty.title")}
        description={t("empty.description")}
      />
    );
  }
  const { groupBy, grain, provider, model, token, user, group, key, outcome, tag } = query;
  const tags = tag && formatTag(tag.name, tag.value);
  const filters: RequestsLink = { provider, model, token, user, group, key, outcome, tags };
  const tagName = groupedTag(groupBy);
  const kind = isTagGroup(groupBy) ? "tag" : groupBy;
  const name = tagName ?? "";
  const groupName = (id: string | null) => {
    if (id === null) return t("other");
    if (id === "") return t(`none.${kind}`, { name });
    if (tagName !== undefined) return id === OTHER_VALUE ? t("other") : id;
    const outcome = OUTCOMES.find((each) => each === id);
    return groupBy === "outcome" && outcome !== undefined
      ? t(`outcome.${outcome}`)
      : (board.names[id] ?? id);
  };
  const linkOf = (id: string) => {
    if (id === "") return null;
    if (tagName === undefined) return { ...filters, [groupBy]: id };
    // Which values it stands for isn't known.
    return id === OTHER_VALUE ? null : { ...filters, tags: formatTag(tagName, id) };
  };
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
    (chart) => t(`charts.${chart}`, { group: t(`by.${kind}`, { name }) }),
    { all: filters, group: linkOf },
  ).filter(({ name: chart }) => !without.includes(chart) && !(tag && BY_TIME.has(chart)));
  return (
    <div className="space-y-6">
      <UsageFigures totals={board.totals} />
      <div className="grid gap-4 lg:grid-cols-2 lg:[&>:last-child:nth-child(odd)]:col-span-2">
        {charts.map(({ name: chart, data }) => (
          <UsageChart
            key={chart}
            data={data}
            hint={t(chart === "keyEvents" && key !== undefined ? "hints.oneKey" : `hints.${chart}`)}
          />
        ))}
      </div>
      <UsageBreakdown
        title={t("breakdown", { group: t(`by.${kind}`, { name }) })}
        groupLabel={t(`column.${kind}`, { name })}
        rows={board.groups.map((row) => ({ ...row, label: groupName(row.id) }))}
        hrefOf={(id) => {
          const link = linkOf(id);
          const times = { sinceMs: query.fromMs, untilMs: query.toMs };
          return link && requestsHref({ ...link, ...times });
        }}
      />
    </div>
  );
}

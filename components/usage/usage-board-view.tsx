import { ChartColumn } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { EmptyState } from "@/components/empty-state";
import { type RequestsLink, requestsHref } from "@/components/requests/requests-href";
import type { Mark } from "@/lib/manage/audit/list-marks";
import type { UsageBoard, UsageBoardInput } from "@/lib/manage/usage/read-usage-board";
import { groupedTag, isTagGroup } from "@/lib/manage/usage/tag-question";
import { formatTag } from "@/lib/tags/tag-text";
import { isOfLog } from "@/lib/usage/figures/time-grain";
import { OTHER_VALUE } from "@/lib/usage/rollup";
import { OUTCOMES } from "@/lib/usage/types";
import { type BoardChart, boardCharts } from "./board-charts";
import { MarkList, markLabels } from "./mark-list";
import { pageOf } from "./page-of-group";
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
  marks = [],
  without = [],
  isAdmin = false,
}: {
  readonly board: UsageBoard;
  readonly query: UsageBoardInput;
  /** What happened meanwhile. */
  readonly marks?: readonly Mark[];
  readonly without?: readonly BoardChart[];
  /** Only admins can open the pages of members and groups. */
  readonly isAdmin?: boolean;
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
  const { groupBy, provider, model, token, user, group, key, outcome, tag } = query;
  const tags = tag && formatTag(tag.name, tag.value);
  const filters: RequestsLink = { provider, model, token, user, group, key, outcome, tags };
  const times = { sinceMs: query.fromMs, untilMs: query.toMs };
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
      : ((groupBy === "provider" ? board.providerNames : board.names)[id] ?? id);
  };
  const linkOf = (id: string) => {
    if (id === "") return null;
    if (tagName === undefined) return { ...filters, [groupBy]: id };
    // Which values it stands for isn't known.
    return id === OTHER_VALUE ? null : { ...filters, tags: formatTag(tagName, id) };
  };
  const charts = boardCharts(
    board,
    board.grain,
    {
      outcome: (outcome) => t(`outcome.${outcome}`),
      group: groupName,
      cooled: t("cooled"),
      blocked: t("blocked"),
      attempts: t("figures.attempts"),
    },
    (chart) => t(`charts.${chart}`, { group: t(`by.${kind}`, { name }) }),
    { all: filters, group: linkOf },
    await markLabels(marks),
  ).filter(
    ({ name: chart }) =>
      !without.includes(chart) &&
      !(tag && BY_TIME.has(chart)) &&
      // The log has the attempts of requests, not of keys.
      !(chart === "attempts" && isOfLog(board.grain) && (key !== undefined || groupBy === "key")),
  );
  return (
    <div className="space-y-6">
      {(board.minutes === "partial" || board.minutes === "tooMany") && (
        <p role="note" className="text-muted-foreground text-sm">
          {t(`minutes.${board.minutes}`)}
        </p>
      )}
      <UsageFigures
        totals={board.totals}
        compared={board.compared}
        links={
          outcome === undefined
            ? {
                requests: requestsHref({ ...filters, ...times }),
                failed: requestsHref({ ...filters, ...times, exceptOutcome: "ok" }),
                limited: requestsHref({ ...filters, ...times, outcome: "limited" }),
              }
            : null
        }
      />
      <div className="grid gap-4 lg:grid-cols-2 lg:[&>:last-child:nth-child(odd)]:col-span-2">
        {charts.map(({ name: chart, data }) => (
          <UsageChart
            key={chart}
            data={data}
            hint={t(chart === "keyEvents" && key !== undefined ? "hints.oneKey" : `hints.${chart}`)}
          />
        ))}
      </div>
      <MarkList marks={marks} />
      <UsageBreakdown
        title={t("breakdown", { group: t(`by.${kind}`, { name }) })}
        groupLabel={t(`column.${kind}`, { name })}
        rows={board.groups.map((row) => ({ ...row, label: groupName(row.id) }))}
        pageOf={(id) => (id === "" ? null : pageOf(groupBy, id, { provider, isAdmin }))}
        hrefOf={(id) => {
          const link = linkOf(id);
          return link && requestsHref({ ...link, ...times });
        }}
      />
    </div>
  );
}

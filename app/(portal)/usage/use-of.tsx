import { getTimeZone, getTranslations } from "next-intl/server";
import type { PortalRead } from "@/app/portal-read";
import { FilterSelect } from "@/components/filters/filter-select";
import { QuietLink } from "@/components/quiet-link";
import { RequestTable } from "@/components/requests/request-table";
import { requestsHref } from "@/components/requests/requests-href";
import type { BoardChart } from "@/components/usage/board-charts";
import { MonthCosts } from "@/components/usage/month-costs";
import { RangeChip } from "@/components/usage/range-chip";
import { UsageBoardView } from "@/components/usage/usage-board-view";
import { listMarks } from "@/lib/manage/audit/list-marks";
import { browseRequests } from "@/lib/manage/usage/browse-requests";
import { readMonthCosts } from "@/lib/manage/usage/read-month-costs";
import { readUsageBoard, type UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { RANGES, type SearchParams, usageQueryOf } from "./usage-query";

const LATEST = 10;

/** What it may be split by; the first is the default. */
const GROUPS_OF = {
  token: ["model", "provider", "outcome"],
  user: ["model", "provider", "token", "outcome"],
  group: ["model", "provider", "token", "user", "outcome"],
  key: ["model", "outcome"],
  model: ["token", "user", "provider", "key", "outcome"],
} as const satisfies Readonly<Record<string, readonly UsageGroup[]>>;

/**
 * What one token, member, group, key or model was used for, over the `range` of the page's URL and split `by` something
 * else, and its latest requests. Its client components need the texts of `usage` and `requests`.
 */
export async function UseOf({
  reader: { context, member },
  of,
  params,
  without = [],
}: {
  readonly reader: PortalRead;
  /** One of the filters of the request log, with an id. */
  readonly of:
    | { readonly token: string }
    | { readonly user: string }
    | { readonly group: string }
    | { readonly key: string; readonly provider: string }
    | { readonly model: string; readonly provider: string | undefined };
  readonly params: SearchParams;
  readonly without?: readonly BoardChart[];
}) {
  const { range, ...times } = usageQueryOf(
    { range: params.range, since: params.since, until: params.until },
    context.nowMs(),
    await getTimeZone(),
  );
  const isOfKey = "key" in of;
  const kind = isOfKey
    ? "key"
    : "token" in of
      ? "token"
      : "user" in of
        ? "user"
        : "group" in of
          ? "group"
          : "model";
  const isOwn = member.role === "member";
  const groups = GROUPS_OF[kind].filter(
    (group) =>
      // Of a day, models and keys are not counted together.
      !(
        times.grain === "day" && (isOfKey ? group === "model" : kind === "model" && group === "key")
      ) && !(isOwn && (group === "user" || group === "key")),
  );
  const groupBy = groups.find((group) => group === params.by) ?? groups[0] ?? "outcome";
  const query = { ...times, ...of, groupBy };
  const [board, marks, month, requests, t] = await Promise.all([
    readUsageBoard(context, member, query),
    listMarks(context, query, {
      provider: "provider" in of ? of.provider : undefined,
      withChanges: member.role === "admin",
    }),
    readMonthCosts(context, member, { ...of, groupBy: "outcome" }),
    browseRequests(context, member, { ...of, limit: LATEST, format: "json" }),
    getTranslations("usage"),
  ]);
  const [firstGroup, ...otherGroups] = groups.map((value) => ({
    value,
    label: t(`groups.${value}`),
  }));
  const [first, ...others] = RANGES.filter((value) => value !== "custom").map((value) => ({
    value,
    label: t(`ranges.${value}`),
  }));
  return (
    <div className="space-y-8">
      <section aria-labelledby="use" className="space-y-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h2 id="use" className="text-base font-medium">
            {t("of.title")}
          </h2>
          <div className="flex flex-wrap items-center gap-2">
            <RangeChip />
            <FilterSelect
              name="range"
              label={t("filters.range")}
              anyLabel={first?.label ?? ""}
              options={others}
            />
            {otherGroups.length > 0 && (
              <FilterSelect
                name="by"
                label={t("filters.by")}
                anyLabel={firstGroup?.label ?? ""}
                options={otherGroups}
              />
            )}
          </div>
        </div>
        <UsageBoardView
          board={board}
          query={query}
          marks={marks}
          without={without}
          isAdmin={member.role === "admin"}
        />
      </section>
      {month !== null && (
        <MonthCosts
          report={month}
          groupBy="outcome"
          provider={undefined}
          isAdmin={member.role === "admin"}
        />
      )}
      {requests.items.length > 0 && (
        <section aria-labelledby="latest" className="space-y-3">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <h2 id="latest" className="text-base font-medium">
              {t("of.latest")}
            </h2>
            <QuietLink href={requestsHref(of)}>{t("of.all")}</QuietLink>
          </div>
          <RequestTable items={requests.items} />
        </section>
      )}
    </div>
  );
}

import { getTimeZone, getTranslations } from "next-intl/server";
import type { PortalRead } from "@/app/portal-read";
import { FilterSelect } from "@/components/filters/filter-select";
import { QuietLink } from "@/components/quiet-link";
import { RequestTable } from "@/components/requests/request-table";
import { requestsHref } from "@/components/requests/requests-href";
import type { BoardChart } from "@/components/usage/board-charts";
import { UsageBoardView } from "@/components/usage/usage-board-view";
import { browseRequests } from "@/lib/manage/usage/browse-requests";
import { readUsageBoard, type UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { RANGES, type SearchParams, usageQueryOf } from "./usage-query";

const LATEST = 10;

/**
 * What one token, member, group or key was used for, over the `range` of the page's URL, and its latest requests. Its client
 * components need the texts of `usage` and `requests`.
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
    | { readonly key: string };
  readonly params: SearchParams;
  readonly without?: readonly BoardChart[];
}) {
  const { range, ...times } = usageQueryOf(
    { range: params.range },
    context.nowMs(),
    await getTimeZone(),
  );
  // A day's use of a key is not told apart by model.
  const groupBy: UsageGroup = "key" in of && times.grain === "day" ? "outcome" : "model";
  const query = { ...times, ...of, groupBy };
  const [board, requests, t] = await Promise.all([
    readUsageBoard(context, member, query),
    browseRequests(context, member, { ...of, limit: LATEST, format: "json" }),
    getTranslations("usage"),
  ]);
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
          <FilterSelect
            name="range"
            label={t("filters.range")}
            anyLabel={first?.label ?? ""}
            options={others}
          />
        </div>
        <UsageBoardView board={board} query={query} without={without} />
      </section>
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

import { getTranslations } from "next-intl/server";
import { requestsHref } from "@/components/requests/requests-href";
import { outcomeSeries } from "@/components/usage/board-charts";
import { modelHref } from "@/components/usage/model-href";
import { UsageBreakdown } from "@/components/usage/usage-breakdown";
import { UsageChart } from "@/components/usage/usage-chart";
import type { OverviewUsage } from "@/lib/manage/usage/read-overview-usage";

/** The last 24 hours: the results of requests, and who and what used most. */
export async function RecentUse({
  usage,
  isOwn,
}: {
  readonly usage: OverviewUsage;
  /** Whether it is only the reader's own usage. */
  readonly isOwn: boolean;
}) {
  const [t, words] = await Promise.all([
    getTranslations("overview.usage"),
    getTranslations("usage"),
  ]);
  const { hours, outcomes, models, users } = usage;
  return (
    <>
      <UsageChart
        data={{
          title: t(isOwn ? "requestsOwn" : "requests"),
          kind: "bars",
          unit: "count",
          grain: "hour",
          buckets: hours,
          openBucketMs: hours.at(-1) ?? null,
          link: {},
          zoomPath: "/usage",
          series: outcomeSeries(outcomes, (outcome) => words(`outcome.${outcome}`)),
        }}
      />
      {models.length > 0 && (
        <div className="grid gap-6 lg:grid-cols-2">
          <UsageBreakdown
            title={t("models")}
            groupLabel={words("column.model")}
            rows={models.map((row) => ({ ...row, label: row.label || words("none.model") }))}
            pageOf={(model) => (model === "" ? null : modelHref(model))}
            hrefOf={(model) => (model === "" ? null : requestsHref({ model, sinceMs: hours[0] }))}
          />
          {!isOwn && (
            <UsageBreakdown
              title={t("users")}
              groupLabel={words("column.user")}
              rows={users.map((row) => ({ ...row, label: row.label || words("none.user") }))}
              hrefOf={(user) => (user === "" ? null : requestsHref({ user, sinceMs: hours[0] }))}
            />
          )}
        </div>
      )}
    </>
  );
}

import { getFormatter, getTranslations } from "next-intl/server";
import { formatExactCount, formatShare, formatUsd, UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import { changesOf } from "@/components/usage/change-since";
import { CostFigure, Figure } from "@/components/usage/usage-figures";
import type { QuotaForecasts } from "@/lib/manage/limits/read-quota-forecasts";
import type { AnsweredSums } from "@/lib/manage/usage/board-sums";
import type { OverviewUsage } from "@/lib/manage/usage/read-overview-usage";
import type { PoolOverview } from "@/lib/manage/usage/read-pool-overview";
import { successRate } from "@/lib/usage/success-rate";

/** The day in five figures. */
export async function TodayFigures({
  today,
  compared,
  pools,
  forecasts,
}: {
  readonly today: AnsweredSums;
  readonly compared: OverviewUsage["compared"];
  readonly pools: readonly PoolOverview[];
  readonly forecasts: QuotaForecasts;
}) {
  const [t, usage, change] = await Promise.all([
    getTranslations("overview.figures"),
    getTranslations("overview.usage"),
    changesOf(compared),
  ]);
  const sum = (count: (pool: PoolOverview) => number) =>
    pools.reduce((total, pool) => total + count(pool), 0);
  const ready = sum((pool) => pool.ready);
  const all = sum((pool) => pool.ready + pool.cooling + pool.blocked + pool.disabled);
  const { requests, answered } = today;
  return (
    <section aria-labelledby="today">
      <div className="mb-3 flex items-baseline justify-between gap-4">
        <h2 id="today" className="text-base font-medium">
          {t("today")}
        </h2>
        <Link href="/usage?range=today" className="text-sm underline underline-offset-4">
          {usage("all")}
        </Link>
      </div>
      <dl className="bg-border grid grid-cols-2 gap-px overflow-hidden rounded-lg border lg:grid-cols-5">
        <Figure
          name={t("answers")}
          detail={t("ofRequests", { count: requests })}
          change={change((sums) => sums.answered, formatExactCount)}
        >
          {formatExactCount(answered)}
        </Figure>
        <Figure
          name={t("successRate")}
          {...(requests === 0 && { exact: t("noRequests") })}
          change={change(successRate, formatShare, true)}
        >
          {formatShare(successRate(today))}
        </Figure>
        <CostFigure totals={today} change={change((sums) => sums.costUsd, formatUsd)} />
        <Figure name={t("ready")} detail={t("ofKeys", { count: all })}>
          {formatExactCount(ready)}
        </Figure>
        <DryFigure forecasts={forecasts} />
      </dl>
    </section>
  );
}

async function DryFigure({ forecasts: { atMs, known } }: { readonly forecasts: QuotaForecasts }) {
  const [t, format] = await Promise.all([getTranslations("overview.figures"), getFormatter()]);
  const [first] = known;
  const className = "max-lg:col-span-2";
  if (first === undefined) {
    return (
      <Figure name={t("dry")} exact={t("unknown")} detail={t("unknown")} className={className}>
        {UNKNOWN}
      </Figure>
    );
  }
  const { dryMs, model, label } = first;
  if (dryMs === null) {
    const detail = t("lastsWhy", { count: known.length });
    return (
      <Figure name={t("dry")} detail={detail} className={className}>
        {t("lasts")}
      </Figure>
    );
  }
  return (
    <Figure name={t("dry")} detail={t("dryAt", { model, label })} className={className}>
      {dryMs <= atMs ? t("dryNow") : format.dateTime(dryMs, { hour: "numeric", minute: "2-digit" })}
    </Figure>
  );
}

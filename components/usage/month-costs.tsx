import { getFormatter, getTranslations } from "next-intl/server";
import { exactUsd, formatUsd } from "@/components/format";
import type { MonthReport } from "@/lib/manage/usage/read-month-costs";
import type { UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { isTagGroup } from "@/lib/manage/usage/tag-question";
import { pageOf } from "./page-of-group";
import { Figure } from "./usage-figures";
import { UsageCell, UsageRow, UsageTable } from "./usage-table";

/** The month's cost so far and at its end, beside the month before; for the most expensive too. */
export async function MonthCosts({
  report: { startMs, total, rows },
  groupBy,
  provider,
  isAdmin,
}: {
  readonly report: MonthReport;
  readonly groupBy: UsageGroup;
  readonly provider: string | undefined;
  readonly isAdmin: boolean;
}) {
  const [t, format] = await Promise.all([getTranslations("usage"), getFormatter()]);
  const kind = isTagGroup(groupBy) ? "tag" : groupBy;
  const month = format.dateTime(startMs, { month: "long", year: "numeric", timeZone: "UTC" });
  const columns = ["toDate", "forecast", "lastMonth"] as const;
  const title = t("month.title", { month });
  return (
    <section aria-labelledby="month" className="space-y-3">
      <div>
        <h2 id="month" className="text-base font-medium">
          {title}
        </h2>
        <p className="text-muted-foreground text-xs">{t("month.how")}</p>
      </div>
      <dl className="bg-border grid grid-cols-1 gap-px overflow-hidden rounded-lg border sm:grid-cols-3">
        {columns.map((name) => (
          <Figure key={name} name={t(`month.${name}`)} exact={exactUsd(total[name])}>
            {formatUsd(total[name])}
          </Figure>
        ))}
      </dl>
      {rows.length > 0 && (
        <UsageTable
          label={title}
          nameLabel={t(`column.${kind}`, { name: "" })}
          figures={columns.map((name) => ({
            label: t(`month.${name}`),
            isExtra: name === "lastMonth",
          }))}
        >
          {rows.map(({ id, name: known, ...row }) => (
            <UsageRow
              key={id}
              name={id === "" ? t(`none.${kind}`, { name: "" }) : (known ?? id)}
              href={id === "" ? null : pageOf(groupBy, id, { provider, isAdmin })}
            >
              {columns.map((name) => (
                <UsageCell key={name} isExtra={name === "lastMonth"} title={exactUsd(row[name])}>
                  {formatUsd(row[name])}
                </UsageCell>
              ))}
            </UsageRow>
          ))}
        </UsageTable>
      )}
    </section>
  );
}

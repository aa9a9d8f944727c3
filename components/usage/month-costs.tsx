import { getFormatter, getTranslations } from "next-intl/server";
import { formatUsd } from "@/components/format";
import { Link } from "@/components/link";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { MonthReport } from "@/lib/manage/usage/read-month-costs";
import type { UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { isTagGroup } from "@/lib/manage/usage/tag-question";
import { pageOf } from "./page-of-group";
import { Figure } from "./usage-figures";

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
        <div className="overflow-hidden rounded-lg border">
          <Table aria-label={title}>
            <TableHeader>
              <TableRow className="hover:bg-transparent">
                <TableHead className="pl-4">{t(`column.${kind}`, { name: "" })}</TableHead>
                {columns.map((name) => (
                  <TableHead
                    key={name}
                    className={`text-right last:pr-4 ${name === "lastMonth" ? "hidden sm:table-cell" : ""}`}
                  >
                    {t(`month.${name}`)}
                  </TableHead>
                ))}
              </TableRow>
            </TableHeader>
            <TableBody>
              {rows.map(({ id, name: known, ...row }) => {
                const page = id === "" ? null : pageOf(groupBy, id, { provider, isAdmin });
                const label = id === "" ? t(`none.${kind}`, { name: "" }) : (known ?? id);
                return (
                  <TableRow key={id}>
                    <TableCell
                      className="max-w-40 truncate pl-4 font-medium sm:max-w-64"
                      title={label}
                    >
                      {page === null ? (
                        label
                      ) : (
                        <Link href={page} prefetch={false} className="hover:underline">
                          {label}
                        </Link>
                      )}
                    </TableCell>
                    {columns.map((name) => (
                      <TableCell
                        key={name}
                        className={`text-right tabular-nums last:pr-4 ${name === "lastMonth" ? "hidden sm:table-cell" : ""}`}
                        title={exactUsd(row[name])}
                      >
                        {formatUsd(row[name])}
                      </TableCell>
                    ))}
                  </TableRow>
                );
              })}
            </TableBody>
          </Table>
        </div>
      )}
    </section>
  );
}

function exactUsd(usd: number | null): string {
  return usd === null ? "" : String(usd);
}

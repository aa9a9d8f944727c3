import { Check, TriangleAlert } from "lucide-react";
import { getFormatter, getTranslations } from "next-intl/server";
import { formatCount, formatUsd, UNKNOWN } from "@/components/format";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { BudgetCheck, CheckedPeriod, PeriodUse } from "@/lib/manage/usage/check-budgets";

/** Three ways of counting side by side, and where they differ. */
export async function CheckTable({ check: { periods, logFrom } }: { readonly check: BudgetCheck }) {
  const [t, format] = await Promise.all([getTranslations("budgets.check"), getFormatter()]);
  const off = periods.filter(({ agrees }) => !agrees).length;
  return (
    <div className="space-y-3">
      <p role="status">{off === 0 ? t("allAgree") : t("someDiffer", { count: off })}</p>
      <div className="overflow-hidden rounded-lg border">
        <Table aria-label={t("table")}>
          <TableHeader>
            <TableRow className="hover:bg-transparent">
              <TableHead className="pl-4">{t("column.holder")}</TableHead>
              <TableHead>{t("column.period")}</TableHead>
              <TableHead>{t("column.result")}</TableHead>
              <TableHead>{t("column.budget")}</TableHead>
              <TableHead>{t("column.rollups")}</TableHead>
              <TableHead className="pr-4">{t("column.log")}</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {periods.map((each) => (
              <TableRow key={`${each.holder.id} ${each.period}`}>
                <TableCell className="max-w-48 truncate pl-4 font-medium" title={each.holder.name}>
                  {each.holder.name}
                </TableCell>
                <TableCell className="tabular-nums">{each.period}</TableCell>
                <TableCell className="text-xs">
                  <Result checked={each} />
                </TableCell>
                {COLUMNS.map((column) => (
                  <TableCell key={column} className="text-xs tabular-nums last:pr-4">
                    <Figures use={each[column]} />
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
      <p className="text-muted-foreground text-sm">
        {logFrom === null
          ? t("logEmpty")
          : t("logFrom", {
              time: format.dateTime(logFrom, { dateStyle: "medium", timeStyle: "short" }),
            })}
      </p>
    </div>
  );
}

const COLUMNS = ["budget", "rollups", "log"] as const;

async function Figures({ use }: { readonly use: PeriodUse | null }) {
  const t = await getTranslations("budgets.check");
  if (use === null) return UNKNOWN;
  const { requests, tokens, costUsd } = use;
  return t("figures", { requests, tokens: formatCount(tokens), cost: formatUsd(costUsd) });
}

async function Result({ checked }: { readonly checked: CheckedPeriod }) {
  const t = await getTranslations("budgets.check");
  const { budget, rollups, log, isLogWhole, agrees } = checked;
  return (
    <div className="space-y-0.5">
      {budget === null ? (
        <p className="text-muted-foreground">{t("unasked")}</p>
      ) : agrees ? (
        <p className="text-ready flex items-center gap-1.5">
          <Check aria-hidden className="size-3.5" />
          {t("agrees")}
        </p>
      ) : (
        <p className="text-cooling flex items-center gap-1.5">
          <TriangleAlert aria-hidden className="size-3.5" />
          {t("differs", { difference: differenceOf(budget, isLogWhole ? log : rollups) })}
        </p>
      )}
      {!isLogWhole && (
        <p className="text-muted-foreground">
          {t("partial", { count: rollups.requests - log.requests })}
        </p>
      )}
    </div>
  );
}

/** `+3 · -120 · -$0.02`: how many requests, tokens and dollars more or less the budget has. */
function differenceOf(budget: PeriodUse, right: PeriodUse): string {
  const signed = (value: number, text: string) => (value > 0 ? `+${text}` : text);
  const requests = budget.requests - right.requests;
  const tokens = budget.tokens - right.tokens;
  const costUsd = budget.costUsd - right.costUsd;
  return [
    signed(requests, String(requests)),
    signed(tokens, formatCount(tokens)),
    signed(costUsd, formatUsd(costUsd)),
  ].join(" · ");
}

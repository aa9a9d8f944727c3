import { getFormatter, getTranslations } from "next-intl/server";
import { UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import { BurnDown } from "@/components/overview/burn-down";
import { Progress } from "@/components/ui/progress";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { modelHref } from "@/components/usage/model-href";
import type { QuotaForecast, QuotaForecasts } from "@/lib/manage/limits/read-quota-forecasts";

const SHOWN = 10;

/** What is left of today's quotas, if anything is known about them, and whether it lasts. */
export async function QuotaTable({
  forecasts: { atMs, known, unknownModels },
}: {
  readonly forecasts: QuotaForecasts;
}) {
  if (known.length === 0) return null;
  const t = await getTranslations("overview.quota");
  return (
    <section aria-labelledby="quota">
      <h2 id="quota" className="mb-3 text-base font-medium">
        {t("title")}
      </h2>
      <div className="overflow-hidden rounded-lg border">
        <Table aria-label={t("title")} data-cards>
          <TableHeader>
            <TableRow className="hover:bg-transparent">
              <TableHead className="pl-4">{t("model")}</TableHead>
              <TableHead>{t("left")}</TableHead>
              <TableHead className="@max-[46rem]/list:hidden">{t("burnDown")}</TableHead>
              <TableHead className="text-right">{t("ends")}</TableHead>
              <TableHead className="text-right @max-4xl/list:hidden">{t("rate")}</TableHead>
              <TableHead className="@max-4xl/list:hidden">{t("source")}</TableHead>
              <TableHead className="pr-4 text-right">{t("reset")}</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {known.slice(0, SHOWN).map((forecast) => (
              <QuotaRow
                key={`${forecast.provider} ${forecast.model}`}
                forecast={forecast}
                nowMs={atMs}
              />
            ))}
          </TableBody>
        </Table>
      </div>
      {unknownModels > 0 && (
        <p className="text-muted-foreground mt-2 text-sm">
          {t("unknownModels", { count: unknownModels })}
        </p>
      )}
    </section>
  );
}

async function QuotaRow({
  forecast,
  nowMs,
}: {
  readonly forecast: QuotaForecast;
  readonly nowMs: number;
}) {
  const [t, format] = await Promise.all([getTranslations("overview.quota"), getFormatter()]);
  const { label, model, quota, left, keys, dryMs, resetMs, requestsPerHour, resetZone } = forecast;
  const clock = (ms: number) => format.dateTime(ms, { hour: "numeric", minute: "2-digit" });
  const percent = quota ? (100 * (left ?? 0)) / quota : 0;
  const isKnown = quota !== null && left !== null;
  const name = isKnown ? t("leftOf", { left: Math.round(left), quota }) : UNKNOWN;
  return (
    <TableRow>
      <TableCell data-card="title" className="pl-4">
        <Link
          href={modelHref(model, forecast.provider)}
          prefetch={false}
          className="font-mono text-[13px] hover:underline"
        >
          {model}
        </Link>
        <span className="text-muted-foreground block text-xs">{label}</span>
      </TableCell>
      <TableCell data-card="line" className="min-w-32 tabular-nums">
        {name}
        <Progress aria-label={`${model}: ${name}`} value={percent} className="mt-1.5 h-1.5" />
      </TableCell>
      <TableCell className="@max-[46rem]/list:hidden">
        <BurnDown forecast={forecast} nowMs={nowMs} />
      </TableCell>
      <TableCell data-card="aside" className="text-right font-medium whitespace-nowrap">
        {dryMs === null
          ? t("lasts")
          : dryMs <= nowMs
            ? t("dryNow")
            : t("dry", { time: clock(dryMs) })}
      </TableCell>
      <TableCell className="text-right tabular-nums @max-4xl/list:hidden">
        {t("perHour", { rate: Number(requestsPerHour.toPrecision(2)) })}
      </TableCell>
      <TableCell className="text-muted-foreground text-xs @max-4xl/list:hidden">
        {keys.learnt > 0 && <span className="block">{t("learnt", { count: keys.learnt })}</span>}
        {keys.guessed > 0 && <span className="block">{t("guessed", { count: keys.guessed })}</span>}
      </TableCell>
      <TableCell data-card="line" className="text-muted-foreground pr-4 text-right text-xs">
        {t("resetAt", { time: clock(resetMs), zone: resetZone === "UTC" ? "UTC" : "PT" })}
      </TableCell>
    </TableRow>
  );
}

import { useTranslations } from "next-intl";
import { formatExactCount, UNKNOWN } from "@/components/format";
import { keyStateLooks, keyStates } from "@/components/key-state";
import { Link } from "@/components/link";
import { StateStrip } from "@/components/state-strip";
import { LastUse } from "@/components/time/last-use";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { ProviderSummary } from "@/lib/manage/keys/summarize-provider-keys";
import type { QuotaForecast } from "@/lib/manage/limits/read-quota-forecasts";

/** Providers that have keys, one row each. */
export function ProviderTable({
  providers,
  forecasts,
}: {
  readonly providers: readonly ProviderSummary[];
  /** Forecasts of today's quotas, if any are known. */
  readonly forecasts: readonly QuotaForecast[];
}) {
  const t = useTranslations("keys");
  const tCommon = useTranslations("common");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("overview.tableLabel")}>
        <TableHeader>
          <TableRow className="text-muted-foreground hover:bg-transparent">
            <TableHead className="pl-4">{t("overview.provider")}</TableHead>
            <TableHead className="w-1/4 max-sm:w-1/3">{t("overview.states")}</TableHead>
            {keyStates.map((state) => (
              <TableHead key={state} className="hidden text-right sm:table-cell">
                {tCommon(`state.${state}`)}
              </TableHead>
            ))}
            <TableHead className="hidden pl-8 md:table-cell">{t("overview.leftToday")}</TableHead>
            <TableHead className="pr-4 text-right">{t("column.lastUsed")}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {providers.map((provider) => (
            <TableRow key={provider.provider} className="relative h-14">
              <TableCell className="pl-4">
                <Link
                  href={`/keys/${provider.provider}`}
                  // The whole row is a link.
                  className="font-medium outline-none after:absolute after:inset-0 focus-visible:underline"
                >
                  {provider.label}
                </Link>
                <p className="text-muted-foreground text-xs" data-figure>
                  {t("overview.keys", { count: totalOf(provider) })}
                </p>
              </TableCell>
              <TableCell>
                <StateStrip counts={provider} />
              </TableCell>
              {keyStates.map((state) => (
                <TableCell key={state} className="hidden text-right sm:table-cell">
                  <span
                    className={
                      provider[state] === 0 ? "text-muted-foreground" : keyStateLooks[state].text
                    }
                  >
                    {formatExactCount(provider[state])}
                  </span>
                </TableCell>
              ))}
              <TableCell className="hidden pl-8 md:table-cell">
                <LeftToday provider={provider} forecast={tightest(forecasts, provider.provider)} />
              </TableCell>
              <TableCell className="text-muted-foreground pr-4 text-right">
                <LastUse ms={provider.lastUsedAtMs} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function totalOf({ ready, cooling, blocked, disabled }: ProviderSummary): number {
  return ready + cooling + blocked + disabled;
}

/** The provider's model with the least of its quota left. A key whose quota was used up at once has no known quota. */
function tightest(forecasts: readonly QuotaForecast[], provider: string) {
  return forecasts
    .flatMap(({ left, quota, model, provider: own }) =>
      own === provider && left !== null && quota ? [{ left, quota, model }] : [],
    )
    .sort((a, b) => a.left / a.quota - b.left / b.quota)[0];
}

/** What is left, as far as earlier days show; otherwise how many keys are used up, which responses do show. */
function LeftToday({
  provider,
  forecast,
}: {
  readonly provider: ProviderSummary;
  readonly forecast: ReturnType<typeof tightest>;
}) {
  const t = useTranslations("keys.overview");
  if (forecast !== undefined) {
    const { left, quota, model } = forecast;
    return (
      <>
        <span className="tabular-nums">{t("left", { left: Math.round(left), quota })}</span>
        <p className="text-muted-foreground font-mono text-xs">{model}</p>
      </>
    );
  }
  if (provider.spentToday > 0) {
    return (
      <span className="text-cooling">
        {t("spent", { spent: provider.spentToday, total: provider.ready + provider.cooling })}
      </span>
    );
  }
  return (
    // Above the row's link, so that the reason shows on hover.
    <span className="text-muted-foreground relative z-10 cursor-help" title={t("leftUnknown")}>
      <span aria-hidden>{UNKNOWN}</span>
      <span className="sr-only">{t("leftUnknownShort")}</span>
    </span>
  );
}

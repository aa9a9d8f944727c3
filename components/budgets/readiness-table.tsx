import { getTranslations } from "next-intl/server";
import { UNKNOWN } from "@/components/format";
import { Countdown } from "@/components/time/countdown";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { ProviderReadiness } from "@/lib/runtime/model-readiness";

/** The most models in cooldown named per provider. */
const NAMED_MAX = 8;

/** Which models can be served now, and when those in cooldown can. */
export async function ReadinessTable({
  providers,
}: {
  readonly providers: readonly ProviderReadiness[];
}) {
  const t = await getTranslations("budgets.ready");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("provider")}</TableHead>
            <TableHead>{t("now")}</TableHead>
            <TableHead className="pr-4">{t("later")}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {providers.map(({ slug, label, models, cooling }) => (
            <TableRow key={slug} className="*:align-top *:whitespace-normal">
              <th scope="row" className="px-4 py-2 text-left font-medium">
                {label}
              </th>
              <TableCell className="tabular-nums">
                {t("count", { ready: models - cooling.length, models })}
              </TableCell>
              <TableCell className="pr-4">
                {cooling.length === 0 && UNKNOWN}
                {cooling.slice(0, NAMED_MAX).map(({ model, readyAtMs }) => (
                  <p key={model}>
                    <span className="font-mono text-[13px] break-all">{model}</span>{" "}
                    {readyAtMs !== null && (
                      <span className="text-muted-foreground tabular-nums">
                        <Countdown untilMs={readyAtMs} />
                      </span>
                    )}
                  </p>
                ))}
                {cooling.length > NAMED_MAX && (
                  <p className="text-muted-foreground">
                    {t("more", { count: cooling.length - NAMED_MAX })}
                  </p>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

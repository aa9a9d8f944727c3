import { ShieldAlert, ShieldCheck } from "lucide-react";
import { getLocale, getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import { requestsHref } from "@/components/requests/requests-href";
import { RelativeTime } from "@/components/time/relative-time";
import { remainingTime } from "@/components/time/remaining-time";
import type { IncidentItem } from "@/lib/manage/alerts/list-incidents";
import { cn } from "@/lib/utils";

/** Requests before and after it are of interest too. */
const AROUND_MS = 60_000;

/** Incidents, the latest first: the error message, what was undone, how it ended. Nothing if there was none. */
export async function IncidentList({ incidents }: { readonly incidents: readonly IncidentItem[] }) {
  const t = await getTranslations("incidents");
  if (incidents.length === 0) return null;
  return (
    <section aria-labelledby="incidents">
      <div className="mb-3">
        <h2 id="incidents" className="text-base font-medium">
          {t("title")}
        </h2>
        <p className="text-muted-foreground text-sm">{t("description")}</p>
      </div>
      <ol className="divide-y rounded-lg border">
        {incidents.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </ol>
    </section>
  );
}

async function IncidentRow({ incident }: { readonly incident: IncidentItem }) {
  const [t, tMeaning, locale] = await Promise.all([
    getTranslations("incidents"),
    getTranslations("keys.meaning"),
    getLocale(),
  ]);
  const {
    provider,
    label,
    meaning,
    rule,
    status,
    words,
    effect,
    keys,
    openedAt,
    endedAt,
    endedBy,
  } = incident;
  const Icon = endedBy === null ? ShieldAlert : ShieldCheck;
  const names = keys.map(({ masked }) => masked ?? t("goneKey")).join(", ");
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <Icon
        aria-hidden
        className={cn(
          "mt-0.5 size-4 shrink-0",
          endedBy === null ? "text-cooling" : "text-muted-foreground",
        )}
      />
      <div className="min-w-0 flex-1 space-y-0.5">
        <p className="break-words">
          <span className="font-medium">{label}</span> · {tMeaning(meaning)}{" "}
          <span className="text-muted-foreground">
            (<span className="font-mono text-[13px]">{rule}</span>
            {status > 0 && `, ${t("status", { status })}`})
          </span>
        </p>
        {words && <p className="text-muted-foreground line-clamp-2 break-words italic">{words}</p>}
        <p className="text-muted-foreground break-words">
          {t.rich(`effect.${effect}`, {
            count: keys.length,
            names: () => <span className="font-mono text-[13px]">{names}</span>,
          })}
        </p>
        {(["convicted", "acquitted"] as const).map((verdict) => {
          const judged = keys.filter((key) => key.verdict === verdict);
          return judged.length === 0 ? null : (
            <p key={verdict} className="text-muted-foreground break-words">
              {t.rich(`verdict.${verdict}`, {
                count: judged.length,
                names: () => (
                  <span className="font-mono text-[13px]">
                    {judged.map(({ masked }) => masked ?? t("goneKey")).join(", ")}
                  </span>
                ),
              })}
            </p>
          );
        })}
        <p className={endedBy === null ? "text-cooling" : "text-muted-foreground"}>
          {endedBy === null || endedAt === null
            ? t("open")
            : t(`endedBy.${endedBy}`, { duration: remainingTime(endedAt - openedAt, locale) })}{" "}
          <Link
            href={requestsHref({
              provider,
              sinceMs: openedAt - AROUND_MS,
              ...(endedAt !== null && { untilMs: endedAt + AROUND_MS }),
            })}
            prefetch={false}
            className="underline underline-offset-4"
          >
            {t("requests")}
          </Link>
        </p>
      </div>
      <span className="text-muted-foreground shrink-0">
        <RelativeTime ms={openedAt} />
      </span>
    </li>
  );
}

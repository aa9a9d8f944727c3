import { ChevronRight, ShieldAlert } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import type { IncidentItem } from "@/lib/manage/alerts/list-incidents";

/** Ongoing incidents, one line each, above everything else that may be wrong. */
export async function IncidentLines({
  incidents,
}: {
  readonly incidents: readonly IncidentItem[];
}) {
  const [t, tMeaning] = await Promise.all([
    getTranslations("incidents"),
    getTranslations("keys.meaning"),
  ]);
  return incidents
    .filter(({ endedAt }) => endedAt === null)
    .map(({ id, provider, label, meaning, keys }) => (
      <Link
        key={id}
        href={`/keys/${provider}`}
        className="hover:bg-accent/40 focus-visible:ring-ring/50 flex items-center gap-3 rounded-lg border px-4 py-3.5 outline-none focus-visible:ring-[3px]"
      >
        <ShieldAlert aria-hidden className="text-cooling size-5 shrink-0" />
        <span className="min-w-0 flex-1">
          <span className="block text-base font-medium">{t("openTitle", { label })}</span>
          <span className="text-muted-foreground block">
            {t("openWhy", { count: keys.length, reason: tMeaning(meaning) })}
          </span>
        </span>
        <ChevronRight aria-hidden className="text-muted-foreground size-4 shrink-0" />
      </Link>
    ));
}

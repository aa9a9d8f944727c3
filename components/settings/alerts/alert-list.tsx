import { useTranslations } from "next-intl";
import { RelativeTime } from "@/components/time/relative-time";
import type { AlertItem } from "@/lib/manage/alerts/list-alerts";

/** The newest alerts first, each with its delivery. */
export function AlertList({ alerts }: { readonly alerts: readonly AlertItem[] }) {
  const t = useTranslations("settings.alerts");
  if (alerts.length === 0) return <p className="text-muted-foreground text-sm">{t("empty")}</p>;
  return (
    <ul className="divide-y rounded-lg border text-sm">
      {alerts.map(({ id, text, channel, createdAtMs, state, failures, problem }) => (
        <li key={id} className="space-y-1 px-4 py-3">
          <p className="break-words">{text}</p>
          <p className="text-muted-foreground break-words">
            <RelativeTime ms={createdAtMs} />
            {" · "}
            {t(`channels.${channel}`)}
            {" · "}
            {t(state, { count: failures, problem })}
          </p>
        </li>
      ))}
    </ul>
  );
}

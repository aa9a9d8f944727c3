import { getTranslations } from "next-intl/server";
import { UPKEEP_FIGURES, type UpkeepView } from "@/lib/manage/settings/read-upkeep";

/** The result of a maintenance run as text; jobs that found nothing to do are omitted. */
export async function UpkeepResult({
  report,
}: {
  readonly report: NonNullable<UpkeepView["report"]>;
}) {
  const t = await getTranslations("settings.maintenance");
  const { figures, failed } = report;
  const done = UPKEEP_FIGURES.filter((figure) => (figures[figure] ?? 0) > 0);
  return (
    <ul className="space-y-1">
      {done.map((figure) => (
        <li key={figure}>{t(`figures.${figure}`, { count: figures[figure] ?? 0 })}</li>
      ))}
      {failed.length > 0 && (
        <li className="text-destructive">{t("failed", { count: failed.length })}</li>
      )}
      {done.length === 0 && failed.length === 0 && <li>{t("nothing")}</li>}
    </ul>
  );
}

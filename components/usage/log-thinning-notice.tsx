import { TriangleAlert } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import type { LogThinning } from "@/lib/manage/usage/read-log-thinning";

/** Explains that the request log is incomplete today, and why; nothing otherwise. */
export async function LogThinningNotice({
  thinning,
  mayChange,
}: {
  readonly thinning: LogThinning;
  /** Whether the reader may change the budget. */
  readonly mayChange: boolean;
}) {
  const { log, unlogged, rowsWritten, budget } = thinning;
  if (log === "full" && unlogged === 0) return null;
  const t = await getTranslations("usage.thinning");
  return (
    <div role="note" className="mb-6 flex items-start gap-3 rounded-lg border px-4 py-3">
      <TriangleAlert aria-hidden className="text-cooling mt-0.5 size-4 shrink-0" />
      <p>
        <span className="font-medium">{t(log)}</span>{" "}
        <span className="text-muted-foreground">{t("why", { rowsWritten, budget, unlogged })}</span>{" "}
        {mayChange && (
          <Link href="/settings/logging" className="underline underline-offset-4">
            {t("change")}
          </Link>
        )}
      </p>
    </div>
  );
}

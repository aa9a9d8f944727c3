"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Link } from "@/components/link";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";
import { countLeftOut } from "./count-left-out";
import { DifferenceTable } from "./difference-table";
import { RejectedEntries } from "./rejected-entries";

/** The result of an import. */
export function ImportReport({
  result,
  unsent,
  problem,
  providers,
  onAgain,
}: {
  readonly result: ImportedKeys;
  readonly unsent: number;
  /** Why it stopped; null if it didn't. */
  readonly problem: string | null;
  readonly providers: readonly ProviderChoice[];
  readonly onAgain: () => void;
}) {
  const t = useTranslations("import");
  const leftOut = countLeftOut(result.unknown);
  const isWhole = problem === null && unsent === 0;
  const Icon = isWhole ? CircleCheck : TriangleAlert;
  return (
    <div className="max-w-4xl space-y-6">
      <div role="status" className="space-y-2">
        <h2 className="flex items-center gap-2 text-base font-medium">
          <Icon aria-hidden className={isWhole ? "text-ready size-5" : "text-cooling size-5"} />
          {t("done", { count: result.added })}
        </h2>
        {problem !== null && <p>{t("failed", { message: problem, count: unsent })}</p>}
        {leftOut > 0 && <p>{t("leftOut", { count: leftOut })}</p>}
        {problem === null && unsent > 0 && <p>{t("cancelled", { count: unsent })}</p>}
      </div>
      {result.providers.length > 0 && (
        <DifferenceTable rows={result.providers} providers={providers} />
      )}
      {result.rejected.length > 0 && <RejectedEntries rejected={result.rejected} />}
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link href="/keys">{t("see")}</Link>
        </Button>
        <Button variant="outline" onClick={onAgain}>
          {t("again")}
        </Button>
      </div>
    </div>
  );
}

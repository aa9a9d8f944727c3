"use client";

import { useTranslations } from "next-intl";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";
import { countLeftOut } from "./count-left-out";
import { DifferenceTable } from "./difference-table";
import { LeftOutEntries } from "./left-out-entries";
import { RejectedEntries } from "./rejected-entries";
import { UnknownServices } from "./unknown-services";
import type { Choices } from "./use-import";

/** What the import would do, before it is done. */
export function Difference({
  result,
  providers,
  choices,
  allowPrivate,
  onChoose,
  onBack,
  onImport,
}: {
  readonly result: ImportedKeys;
  readonly providers: readonly ProviderChoice[];
  readonly choices: Choices;
  readonly allowPrivate: boolean;
  readonly onChoose: (changes: Partial<Choices>) => void;
  readonly onBack: () => void;
  readonly onImport: () => void;
}) {
  const t = useTranslations("import");
  const { added, changed, form, skipped, leftOut, rejected, unknown } = result;
  const hasWork = added > 0 || changed > 0;
  return (
    <div className="max-w-4xl space-y-8">
      <div className="space-y-3">
        <p role="status">{t("found", { form: t(`form.${form}`), count: countOf(result) })}</p>
        {result.providers.length > 0 && (
          <DifferenceTable rows={result.providers} providers={providers} />
        )}
        <div className="text-muted-foreground space-y-1 text-xs">
          {changed > 0 && <p>{t("fillNote")}</p>}
          <LeftOutEntries skipped={skipped} leftOut={leftOut} />
        </div>
      </div>
      <UnknownServices
        unknown={unknown}
        providers={providers}
        choices={choices}
        allowPrivate={allowPrivate}
        onChoose={onChoose}
      />
      {rejected.length > 0 && <RejectedEntries rejected={rejected} />}
      <div className="flex flex-wrap gap-2">
        <Button disabled={!hasWork} onClick={onImport}>
          {added === 0 && changed > 0
            ? t("fill", { count: changed })
            : t("submit", { count: added })}
        </Button>
        <Button variant="outline" onClick={onBack}>
          {t("back")}
        </Button>
      </div>
    </div>
  );
}

/** Every key in the source, whatever happens to it. */
function countOf({ added, duplicates, rejected, unknown }: ImportedKeys): number {
  return added + duplicates + rejected.length + countLeftOut(unknown);
}

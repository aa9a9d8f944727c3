"use client";

import { useTranslations } from "next-intl";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";

/** No one reads more. */
const SHOWN_MAX = 100;

/** Entries that can't be imported, and why. */
export function RejectedEntries({ rejected }: { readonly rejected: ImportedKeys["rejected"] }) {
  const t = useTranslations("import");
  return (
    <section className="space-y-2">
      <h2 className="font-medium">{t("rejectedTitle", { count: rejected.length })}</h2>
      <ul className="text-muted-foreground max-h-48 list-inside list-disc overflow-auto text-xs">
        {rejected.slice(0, SHOWN_MAX).map(({ position, code }, index) => (
          // An entry may hold several keys, and the list only ever changes as a whole.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <li key={index}>{t("rejected", { position, reason: t(`problem.${code}`) })}</li>
        ))}
      </ul>
      {rejected.length > SHOWN_MAX && (
        <p className="text-muted-foreground text-xs">{t("truncated", { count: SHOWN_MAX })}</p>
      )}
    </section>
  );
}

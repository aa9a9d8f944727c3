"use client";

import { useTranslations } from "next-intl";
import { ReasonList } from "@/components/moving-in/reason-list";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";

/** Entries that can't be imported, and why. */
export function RejectedEntries({ rejected }: { readonly rejected: ImportedKeys["rejected"] }) {
  const t = useTranslations("import");
  return (
    <section className="space-y-2">
      <h2 className="font-medium">{t("rejectedTitle", { count: rejected.length })}</h2>
      <ReasonList
        className="text-muted-foreground text-xs"
        reasons={rejected.map(({ position, code }) =>
          t("rejected", { position, reason: t(`problem.${code}`) }),
        )}
        truncated={(count) => t("truncated", { count })}
      />
    </section>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { ReasonList } from "@/components/moving-in/reason-list";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";

/** Entries and lines without a key, each with its reason, collapsed: most are comments. */
export function LeftOutEntries({ skipped, leftOut }: Pick<ImportedKeys, "skipped" | "leftOut">) {
  const t = useTranslations("import");
  if (skipped === 0) return null;
  const title = t("skipped", { count: skipped });
  if (leftOut.length === 0) return <p>{title}</p>;
  return (
    <details>
      <summary className="cursor-pointer">{title}</summary>
      <ReasonList
        className="pt-1"
        reasons={leftOut.map(({ position, code }) =>
          t("rejected", { position, reason: t(`withoutKey.${code}`) }),
        )}
        truncated={(count) => t("truncated", { count })}
      />
    </details>
  );
}

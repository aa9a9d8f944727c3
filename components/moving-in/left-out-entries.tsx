"use client";

import { useTranslations } from "next-intl";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";

/** No one reads more. */
const SHOWN_MAX = 100;

/** Entries and lines without a key, each with its reason, collapsed: most are comments. */
export function LeftOutEntries({ skipped, leftOut }: Pick<ImportedKeys, "skipped" | "leftOut">) {
  const t = useTranslations("import");
  if (skipped === 0) return null;
  const title = t("skipped", { count: skipped });
  if (leftOut.length === 0) return <p>{title}</p>;
  return (
    <details>
      <summary className="cursor-pointer">{title}</summary>
      <ul className="max-h-48 list-inside list-disc overflow-auto pt-1">
        {leftOut.slice(0, SHOWN_MAX).map(({ position, code }, index) => (
          // An entry may hold several, and the list only ever changes as a whole.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <li key={index}>{t("rejected", { position, reason: t(`withoutKey.${code}`) })}</li>
        ))}
      </ul>
      {skipped > SHOWN_MAX && <p>{t("truncated", { count: SHOWN_MAX })}</p>}
    </details>
  );
}

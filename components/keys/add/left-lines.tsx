"use client";

import { useTranslations } from "next-intl";
import type { LeftLine } from "@/lib/moving-in/found-keys";

/** No one reads more. */
const SHOWN_MAX = 100;

/** Lines without a key, each with its reason, collapsed: most are comments. */
export function LeftLines({ left }: { readonly left: readonly LeftLine[] }) {
  const t = useTranslations("keys.add");
  if (left.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer">{t("skipped", { count: left.length })}</summary>
      <ul className="max-h-48 list-inside list-disc overflow-auto pt-1">
        {left.slice(0, SHOWN_MAX).map(({ line, why }, index) => (
          // A line may hold several entries, and the list only ever changes as a whole.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <li key={index}>{t("rejected", { line, reason: t(`withoutKey.${why}`) })}</li>
        ))}
      </ul>
      {left.length > SHOWN_MAX && <p>{t("truncatedLines", { count: SHOWN_MAX })}</p>}
    </details>
  );
}

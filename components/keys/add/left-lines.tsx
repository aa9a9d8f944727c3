"use client";

import { useTranslations } from "next-intl";
import { ReasonList } from "@/components/moving-in/reason-list";
import type { LeftLine } from "@/lib/moving-in/found-keys";

/** Lines without a key, each with its reason, collapsed: most are comments. */
export function LeftLines({ left }: { readonly left: readonly LeftLine[] }) {
  const t = useTranslations("keys.add");
  if (left.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer">{t("skipped", { count: left.length })}</summary>
      <ReasonList
        className="pt-1"
        reasons={left.map(({ line, why }) =>
          t("rejected", { line, reason: t(`withoutKey.${why}`) }),
        )}
        truncated={(count) => t("truncatedLines", { count })}
      />
    </details>
  );
}

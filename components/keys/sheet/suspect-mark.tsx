"use client";

import { CircleHelp } from "lucide-react";
import { useTranslations } from "next-intl";

/** An accusation against a key that isn't acted on yet, as a mark next to its state. */
export function SuspectMark() {
  const t = useTranslations("keys.suspicion");
  return (
    <span className="text-cooling inline-flex items-center gap-1.5 whitespace-nowrap">
      <CircleHelp aria-hidden className="size-3.5 shrink-0" />
      {t("mark")}
    </span>
  );
}

"use client";

import { X } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import { momentOf } from "@/components/requests/requests-href";
import { Button } from "@/components/ui/button";

const MOMENT = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

/** The part of a chart that a page shows, with a button that shows all again; nothing if it shows all. */
export function RangeChip() {
  const t = useTranslations("usage.filters");
  const format = useFormatter();
  const [{ range, since, until }, setRange] = useQueryStates(
    { range: parseAsString, since: parseAsString, until: parseAsString },
    { shallow: false },
  );
  const [sinceMs, untilMs] = [momentOf(since ?? undefined), momentOf(until ?? undefined)];
  if (range !== "custom" || sinceMs === null || untilMs === null) return null;
  return (
    <Button
      variant="secondary"
      size="sm"
      onClick={() => setRange({ range: null, since: null, until: null })}
    >
      {format.dateTimeRange(sinceMs, untilMs, MOMENT)}
      <X aria-hidden />
      <span className="sr-only">{t("removeRange")}</span>
    </Button>
  );
}

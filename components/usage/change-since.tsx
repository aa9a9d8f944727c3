import { ArrowDownRight, ArrowUpRight, Equal } from "lucide-react";
import { getFormatter, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { formatShare } from "@/components/format";
import { relativeChange, type TimeRange } from "@/lib/usage/figures/compared-ranges";

/** How to say the change of a figure of two periods; nothing if there is no period before. */
export async function changesOf<Sums>(
  compared: {
    readonly current: Sums;
    readonly before: Sums;
    readonly beforeRange: TimeRange;
  } | null,
) {
  const format = await getFormatter();
  return (
    value: (sums: Sums) => number | null,
    show: (value: number | null) => string,
    isShare = false,
  ): ReactNode =>
    compared && (
      <ChangeSince
        current={value(compared.current)}
        before={value(compared.before)}
        show={show}
        range={format.dateTimeRange(compared.beforeRange.fromMs, compared.beforeRange.toMs, MOMENT)}
        isShare={isShare}
      />
    );
}

const MOMENT = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

/** Above it a factor says more than percent. */
const MOST_PERCENT = 10;

/**
 * How a figure changed since the period before; nothing if that can't be said.
 * @param isShare The figure is a share itself: its change is in percentage points.
 */
async function ChangeSince({
  current,
  before,
  show,
  range,
  isShare,
}: {
  readonly current: number | null;
  readonly before: number | null;
  readonly show: (value: number | null) => string;
  /** The period before, in words. */
  readonly range: string;
  readonly isShare: boolean;
}) {
  const t = await getTranslations("usage.figures");
  if (current === null || before === null) return null;
  const change = isShare ? current - before : relativeChange(current, before);
  if (change === null) return null;
  const size = Math.abs(change);
  const Icon = size < 0.0005 ? Equal : change > 0 ? ArrowUpRight : ArrowDownRight;
  const words = isShare
    ? t("points", { points: Number((size * 100).toFixed(1)) })
    : size > MOST_PERCENT
      ? t("factor", { factor: Math.round(change + 1) })
      : formatShare(size);
  const long = t(size < 0.0005 ? "changeSame" : change > 0 ? "changeUp" : "changeDown", {
    change: words,
    current: show(current),
    before: show(before),
    range,
  });
  return (
    <span
      className="text-muted-foreground ml-2 inline-flex items-center gap-0.5 text-xs whitespace-nowrap tabular-nums"
      title={long}
    >
      <Icon aria-hidden className="size-3.5" />
      <span aria-hidden>{size < 0.0005 ? "0%" : words}</span>
      <span className="sr-only">{long}</span>
    </span>
  );
}

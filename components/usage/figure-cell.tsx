"use client";

import {
  exactUsd,
  formatCount,
  formatDuration,
  formatShare,
  formatUsd,
  UNKNOWN,
} from "@/components/format";
import { Link } from "@/components/link";
import type { FigureOrder, TodayFigures } from "@/lib/usage/figures/figure-order";

const FORMATS: Readonly<Record<FigureOrder, (value: number) => string>> = {
  requests: formatCount,
  success: formatShare,
  limited: formatCount,
  p50: formatDuration,
  cost: formatUsd,
};

/**
 * One of today's figures in a list. A dash for what isn't known; zero requests and no cost if nothing was used.
 * @param href the requests that it is made of
 */
export function FigureCell({
  figures,
  name,
  href = null,
}: {
  readonly figures: TodayFigures | undefined;
  readonly name: FigureOrder;
  readonly href?: `/requests?${string}` | null;
}) {
  const isCount = name === "requests" || name === "limited";
  const value = figures === undefined ? (isCount ? 0 : null) : figures[name];
  if (value === null) {
    return (
      <span data-nothing className="text-muted-foreground">
        {UNKNOWN}
      </span>
    );
  }
  const shown = FORMATS[name](value);
  const exact = name === "cost" ? exactUsd(value) : name === "p50" ? undefined : String(value);
  if (href === null || value === 0) {
    return (
      <span title={exact} className={value === 0 ? "text-muted-foreground" : undefined}>
        {shown}
      </span>
    );
  }
  return (
    <Link
      href={href}
      prefetch={false}
      title={exact}
      className="hover:underline"
      onClick={(event) => event.stopPropagation()}
    >
      {shown}
    </Link>
  );
}

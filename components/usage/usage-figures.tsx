import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import {
  exactUsd,
  formatCount,
  formatDuration,
  formatExactCount,
  formatShare,
  formatUsd,
  UNKNOWN,
} from "@/components/format";
import { Link } from "@/components/link";
import type { BoardSums } from "@/lib/manage/usage/board-sums";
import type { ComparedSums } from "@/lib/manage/usage/read-usage-board";
import { successRate } from "@/lib/usage/success-rate";
import { changesOf } from "./change-since";

/** A whole range in figures, each beside the period before. Counts of requests lead to these. */
export async function UsageFigures({
  totals,
  compared,
  links = null,
}: {
  readonly totals: BoardSums;
  readonly compared: ComparedSums | null;
  /** Null if the requests can't be filtered so. */
  readonly links?: {
    readonly requests: string;
    readonly failed: string;
    readonly limited: string;
  } | null;
}) {
  const [t, change] = await Promise.all([getTranslations("usage.figures"), changesOf(compared)]);
  const { requests, answered, limited, attempts, inputTokens, outputTokens } = totals;
  const tokens = inputTokens + outputTokens;
  return (
    <dl className="bg-border grid grid-cols-2 gap-px overflow-hidden rounded-lg border lg:grid-cols-4">
      <Figure
        name={t("requests")}
        exact={formatExactCount(requests)}
        change={change((sums) => sums.requests, formatExactCount)}
      >
        <Counted count={requests} href={links?.requests}>
          {formatCount(requests)}
        </Counted>
      </Figure>
      <Figure
        name={t("successRate")}
        {...(requests === 0 && { exact: t("noRequests") })}
        detail={t("answeredOf", { answered, requests })}
        change={change(successRate, formatShare, true)}
      >
        <Counted count={requests - answered} href={links?.failed}>
          {formatShare(successRate(totals))}
        </Counted>
      </Figure>
      <Figure
        name={t("limited")}
        exact={formatExactCount(limited)}
        detail={t("limitedOf", { share: formatShare(shareOf(limited, requests)) })}
        change={change((sums) => sums.limited, formatExactCount)}
      >
        <Counted count={limited} href={links?.limited}>
          {formatCount(limited)}
        </Counted>
      </Figure>
      <Figure
        name={t("attempts")}
        {...(answered === 0 && { exact: t("noAnswers") })}
        detail={t("attemptsOf", { attempts, answered })}
        change={change((sums) => shareOf(sums.attempts, sums.answered), formatRatio)}
      >
        {formatRatio(shareOf(attempts, answered))}
      </Figure>
      <Figure
        name={t("tokens")}
        exact={formatExactCount(tokens)}
        detail={
          totals.estimatedRequests > 0
            ? t("estimated", { count: totals.estimatedRequests })
            : t("inOut", { input: formatCount(inputTokens), output: formatCount(outputTokens) })
        }
        change={change((sums) => sums.inputTokens + sums.outputTokens, formatExactCount)}
      >
        {formatCount(tokens)}
      </Figure>
      <CostFigure totals={totals} change={change((sums) => sums.costUsd, formatUsd)} />
      <TimeFigure
        name={t("duration")}
        times={totals.duration}
        change={change(({ duration }) => duration.p50, formatDuration)}
      />
      <TimeFigure
        name={t("firstToken")}
        times={totals.firstToken}
        change={change(({ firstToken }) => firstToken.p50, formatDuration)}
      />
    </dl>
  );
}

/** Leads to the requests, if there are any. */
function Counted({
  count,
  href,
  children,
}: {
  readonly count: number;
  readonly href: string | undefined;
  readonly children: ReactNode;
}) {
  if (href === undefined || count === 0) return children;
  return (
    <Link href={href} prefetch={false} className="hover:underline">
      {children}
    </Link>
  );
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function formatRatio(ratio: number | null): string {
  return ratio === null ? UNKNOWN : ratio.toFixed(2);
}

/** The median; the others beside it. */
async function TimeFigure({
  name,
  times: { p50, p95, p99 },
  change,
}: {
  readonly name: string;
  readonly times: BoardSums["duration"];
  readonly change: ReactNode;
}) {
  const t = await getTranslations("usage.figures");
  const detail =
    p50 === null
      ? t("noTimes")
      : t("times", { p95: formatDuration(p95), p99: formatDuration(p99) });
  return (
    <Figure name={name} detail={detail} change={change}>
      {formatDuration(p50)}
    </Figure>
  );
}

/** The known cost; if nothing has a price it is unknown, not zero. */
export async function CostFigure({
  totals,
  change,
}: {
  readonly totals: Pick<BoardSums, "costUsd" | "unpricedRequests">;
  readonly change?: ReactNode;
}) {
  const t = await getTranslations("usage.figures");
  const { costUsd, unpricedRequests } = totals;
  const isUnknown = costUsd === 0 && unpricedRequests > 0;
  return (
    <Figure
      name={t("cost")}
      exact={isUnknown ? t("noPrice") : exactUsd(costUsd)}
      {...(unpricedRequests > 0 && { detail: t("unpriced", { count: unpricedRequests }) })}
      change={change}
    >
      {formatUsd(isUnknown ? null : costUsd)}
    </Figure>
  );
}

/**
 * @param exact on hover: every digit, or why there is none
 * @param change since the period before
 */
export function Figure({
  name,
  exact,
  detail,
  change,
  className = "",
  children,
}: {
  readonly name: string;
  readonly exact?: string | undefined;
  readonly detail?: ReactNode;
  readonly change?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={`bg-card p-4 ${className}`}>
      <dt className="text-muted-foreground">{name}</dt>
      <dd data-figure className="mt-1">
        <span className="text-2xl font-semibold tracking-tight" title={exact}>
          {children}
        </span>
        {change}
        {detail && <span className="text-muted-foreground block text-xs">{detail}</span>}
      </dd>
    </div>
  );
}

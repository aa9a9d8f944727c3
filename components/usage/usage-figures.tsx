import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import {
  formatCount,
  formatExactCount,
  formatShare,
  formatUsd,
  UNKNOWN,
} from "@/components/format";
import type { AnsweredSums } from "@/lib/manage/usage/read-usage-board";
import { successRate } from "@/lib/usage/success-rate";

/** A whole range in five figures. */
export async function UsageFigures({ totals }: { readonly totals: AnsweredSums }) {
  const t = await getTranslations("usage.figures");
  const { requests, answered, attempts, inputTokens, outputTokens } = totals;
  const tokens = inputTokens + outputTokens;
  return (
    <dl className="bg-border grid grid-cols-2 gap-px overflow-hidden rounded-lg border lg:grid-cols-5">
      <Figure name={t("requests")} exact={formatExactCount(requests)}>
        {formatCount(requests)}
      </Figure>
      <SuccessFigure totals={totals} />
      <Figure
        name={t("tokens")}
        exact={formatExactCount(tokens)}
        detail={
          totals.estimatedRequests > 0
            ? t("estimated", { count: totals.estimatedRequests })
            : t("inOut", { input: formatCount(inputTokens), output: formatCount(outputTokens) })
        }
      >
        {formatCount(tokens)}
      </Figure>
      <CostFigure totals={totals} />
      <Figure
        name={t("attempts")}
        {...(answered === 0 && { exact: t("noAnswers") })}
        detail={t("attemptsOf", { attempts, answered })}
        className="max-lg:col-span-2"
      >
        {answered === 0 ? UNKNOWN : (attempts / answered).toFixed(2)}
      </Figure>
    </dl>
  );
}

async function SuccessFigure({ totals }: { readonly totals: AnsweredSums }) {
  const t = await getTranslations("usage.figures");
  const { requests, answered } = totals;
  return (
    <Figure
      name={t("successRate")}
      {...(requests === 0 && { exact: t("noRequests") })}
      detail={t("answeredOf", { answered, requests })}
    >
      {formatShare(successRate(totals))}
    </Figure>
  );
}

/** The known cost; if nothing has a price it is unknown, not zero. */
export async function CostFigure({ totals }: { readonly totals: AnsweredSums }) {
  const t = await getTranslations("usage.figures");
  const { costUsd, unpricedRequests } = totals;
  const isUnknown = costUsd === 0 && unpricedRequests > 0;
  return (
    <Figure
      name={t("cost")}
      exact={isUnknown ? t("noPrice") : String(costUsd)}
      {...(unpricedRequests > 0 && { detail: t("unpriced", { count: unpricedRequests }) })}
    >
      {formatUsd(isUnknown ? null : costUsd)}
    </Figure>
  );
}

/** @param exact on hover: every digit, or why there is none */
export function Figure({
  name,
  exact,
  detail,
  className = "",
  children,
}: {
  readonly name: string;
  readonly exact?: string;
  readonly detail?: ReactNode;
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
        {detail && <span className="text-muted-foreground block text-xs">{detail}</span>}
      </dd>
    </div>
  );
}

"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import {
  exactUsd,
  formatDuration,
  formatExactCount,
  formatUsd,
  UNKNOWN,
} from "@/components/format";
import { Link } from "@/components/link";
import type { ChatRun } from "@/components/playground/chat-run";

/** Facts about a call: key, attempts, times, tokens, cost. A dash with an explanation if unknown. */
export function RunFacts({ run }: { readonly run: ChatRun | null }) {
  const t = useTranslations("playground.facts");
  const isPending = run === null || run.state === "waiting";
  const whyNoTokens = isPending ? t("notYet") : t("noTokens");
  return (
    <div className="@container">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 @lg:grid-cols-4" data-figure>
        {run?.target && (
          <div className="col-span-full min-w-0">
            <dt className="text-muted-foreground text-xs">{t("target")}</dt>
            <dd className="mt-0.5 truncate font-mono text-[13px]">{run.target}</dd>
          </div>
        )}
        <Fact name={t("key")} why={isPending ? t("notYet") : t("noKey")}>
          {run?.key && <span className="font-mono text-[13px]">{run.key}</span>}
        </Fact>
        <Fact name={t("attempts")} why={t("notYet")}>
          {run?.attempts ?? null}
        </Fact>
        <Fact name={t("firstText")} why={isPending ? t("notYet") : t("noText")}>
          {run?.firstTextMs == null ? null : formatDuration(run.firstTextMs)}
        </Fact>
        <Fact name={t("total")} why={t("notYet")}>
          {run?.totalMs == null ? null : formatDuration(run.totalMs)}
        </Fact>
        <Fact name={t("inputTokens")} why={whyNoTokens}>
          {run?.inputTokens == null ? null : formatExactCount(run.inputTokens)}
        </Fact>
        <Fact name={t("outputTokens")} why={whyNoTokens}>
          {run?.outputTokens == null ? null : formatExactCount(run.outputTokens)}
        </Fact>
        <Fact name={t("cost")} why={isPending ? t("notYet") : t("noCost")}>
          {run?.costUsd == null ? null : (
            <span title={exactUsd(run.costUsd)}>{formatUsd(run.costUsd)}</span>
          )}
        </Fact>
        <Fact name={t("request")} why={t("notYet")}>
          {run?.requestId && (
            <Link
              href={`/requests/${encodeURIComponent(run.requestId)}`}
              className="block truncate font-mono text-[13px] underline underline-offset-4"
              title={run.requestId}
            >
              {run.requestId}
            </Link>
          )}
        </Fact>
      </dl>
    </div>
  );
}

function Fact({
  name,
  why,
  children,
}: {
  readonly name: string;
  /** Why it is unknown; shown on hover of the dash. */
  readonly why: string;
  readonly children: ReactNode;
}) {
  const isKnown = children !== null && children !== undefined && children !== "";
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground text-xs">{name}</dt>
      <dd className="mt-0.5">{isKnown ? children : <span title={why}>{UNKNOWN}</span>}</dd>
    </div>
  );
}

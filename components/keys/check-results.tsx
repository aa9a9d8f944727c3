"use client";

import { useTranslations } from "next-intl";
import { formatExactCount } from "@/components/format";
import { Progress } from "@/components/ui/progress";
import { CHECK_OUTCOMES, type CheckPhase, type CheckTally } from "./use-key-checks";

/** How far checking has come, and what it found. */
export function CheckResults({
  phase,
  total,
  tally,
}: {
  readonly phase: CheckPhase;
  readonly total: number;
  readonly tally: CheckTally;
}) {
  const t = useTranslations("keys.check");
  const done = CHECK_OUTCOMES.reduce((sum, outcome) => sum + tally[outcome], 0);
  return (
    <div className="space-y-4">
      <div className="space-y-2">
        <Progress
          value={total === 0 ? 100 : (done / total) * 100}
          aria-label={t("progress", { done, total })}
        />
        <p data-figure aria-live="polite" className="text-muted-foreground text-sm">
          {t("progress", { done, total })}
        </p>
      </div>
      <dl className="grid grid-cols-[1fr_auto] gap-y-1.5">
        {CHECK_OUTCOMES.map((outcome) => (
          <div key={outcome} className="contents">
            <dt className="text-muted-foreground">{t(outcome)}</dt>
            <dd data-figure className="text-right">
              {formatExactCount(tally[outcome])}
            </dd>
          </div>
        ))}
      </dl>
      {phase.kind === "stopped" && phase.message !== null && (
        <p role="alert" className="text-destructive">
          {t("stopped", { message: phase.message })}
        </p>
      )}
    </div>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent } from "react";
import { Button } from "@/components/ui/button";
import { CheckResults } from "../check-results";
import { useKeyChecks } from "../use-key-checks";

/** Checks the keys that were just added: at once if that was chosen, or later by a button. */
export function AddedChecks({
  ids,
  isStarted,
}: {
  readonly ids: readonly string[];
  readonly isStarted: boolean;
}) {
  const t = useTranslations("keys.check");
  const { phase, total, tally, run, stop } = useKeyChecks(ids, {}, ids.length);
  const start = useEffectEvent(() => {
    if (isStarted && phase.kind === "asking") void run();
  });
  useEffect(() => start(), []);

  if (phase.kind === "asking") {
    return (
      !isStarted && (
        <Button variant="outline" size="sm" onClick={run}>
          {t("button", { count: total })}
        </Button>
      )
    );
  }
  return (
    <section aria-label={t("action")} className="space-y-3 rounded-lg border p-4">
      <CheckResults phase={phase} total={total} tally={tally} />
      {phase.kind === "running" && (
        <Button variant="outline" size="sm" onClick={stop}>
          {t("cancel")}
        </Button>
      )}
    </section>
  );
}

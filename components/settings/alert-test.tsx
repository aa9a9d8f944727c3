"use client";

import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { testAlerts } from "@/app/(portal)/settings/actions";
import { Button } from "@/components/ui/button";
import { useFailureToast } from "./use-failure-toast";

/** Sends a test message, and says whether the webhook took it. */
export function AlertTest() {
  const t = useTranslations("settings.alerts");
  const [result, setResult] = useState<{ readonly problem: string | null } | null>(null);
  const [isSending, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function send() {
    startTransition(async () => {
      const answer = await testAlerts(undefined);
      if (answer.ok) setResult(answer.data);
      else showFailure(answer);
    });
  }

  return (
    <div className="space-y-3">
      <Button variant="outline" size="sm" disabled={isSending} onClick={send}>
        {isSending ? t("testing") : t("test")}
      </Button>
      <p role="status" className="text-sm break-words">
        {result !== null &&
          (result.problem === null ? t("accepted") : t("refused", { problem: result.problem }))}
      </p>
    </div>
  );
}

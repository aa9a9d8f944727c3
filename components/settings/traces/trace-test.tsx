"use client";

import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { testTraces } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import { useFailureToast } from "../use-failure-toast";

/** Sends a test span, and says whether the receiver took it. */
export function TraceTest() {
  const t = useTranslations("settings.traces");
  const [result, setResult] = useState<{ readonly problem: string | null } | null>(null);
  const [isSending, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function send() {
    startTransition(async () => {
      const answer = await answered(() => testTraces({}));
      if (answer === null) return;
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

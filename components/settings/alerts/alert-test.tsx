"use client";

import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { testAlert } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import type { AlertChannel } from "@/lib/manage/alerts/list-alerts";
import { useFailureToast } from "../use-failure-toast";

/** Sends a test message, and shows whether the channel accepted it. */
export function AlertTest({ channel }: { readonly channel: AlertChannel }) {
  const t = useTranslations("settings.alerts");
  const [result, setResult] = useState<{ readonly problem: string | null } | null>(null);
  const [isSending, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function send() {
    startTransition(async () => {
      const answer = await answered(() => testAlert({ channel }));
      if (answer === null) return;
      if (answer.ok) setResult(answer.data);
      else showFailure(answer);
    });
  }

  return (
    <div className="space-y-3">
      <Button variant="outline" size="sm" disabled={isSending} onClick={send}>
        {isSending ? t("testing") : t("test", { channel })}
      </Button>
      <p role="status" className="text-sm break-words">
        {result !== null &&
          (result.problem === null
            ? t("accepted", { channel })
            : t("refused", { channel, problem: result.problem }))}
      </p>
    </div>
  );
}

"use client";

import { CircleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ChatRun } from "@/components/playground/chat-run";
import { useProblemWords } from "@/components/playground/use-problem-words";
import { Skeleton } from "@/components/ui/skeleton";

/** The model's response as it arrives, and what went wrong. */
export function RunAnswer({ run }: { readonly run: ChatRun | null }) {
  const t = useTranslations("playground.answer");
  const words = useProblemWords();
  if (run === null) {
    return <p className="text-muted-foreground">{t("empty")}</p>;
  }
  const problem = run.problem && words(run.problem);
  return (
    <div className="space-y-4">
      {run.state === "waiting" && (
        <div role="status" aria-label={t("waiting")} className="space-y-2">
          <Skeleton className="h-4 w-3/4" />
          <Skeleton className="h-4 w-1/2" />
        </div>
      )}
      {run.thinking !== "" && (
        <details className="text-muted-foreground text-sm">
          <summary className="cursor-pointer">{t("thinking")}</summary>
          <p className="mt-2 border-l pl-3 break-words whitespace-pre-wrap">{run.thinking}</p>
        </details>
      )}
      {run.text !== "" && (
        <p data-testid="answer" className="leading-relaxed break-words whitespace-pre-wrap">
          {run.text}
        </p>
      )}
      {problem && (
        <div role="alert" className="text-blocked flex gap-2 rounded-lg border p-3">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <div className="min-w-0 space-y-1">
            <p className="font-medium">{problem.title}</p>
            <p className="text-foreground">{problem.meaning}</p>
            {problem.words !== "" && (
              <p className="text-muted-foreground font-mono text-xs break-words">{problem.words}</p>
            )}
          </div>
        </div>
      )}
      {run.state === "stopped" && <p className="text-muted-foreground">{t("stopped")}</p>}
      {run.state === "done" && run.text === "" && run.tools.length === 0 && (
        <p className="text-muted-foreground">{t("noText")}</p>
      )}
      {run.finishReason === "length" && <p className="text-muted-foreground">{t("cut")}</p>}
    </div>
  );
}

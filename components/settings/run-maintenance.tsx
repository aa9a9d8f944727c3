"use client";

import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { toast } from "sonner";
import { runMaintenance } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import { useFailureToast } from "./use-failure-toast";

/** Runs maintenance now, or has the portal's object do it. */
export function RunMaintenance() {
  const t = useTranslations("settings.maintenance");
  const [isRunning, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function run() {
    startTransition(async () => {
      const answer = await answered(() => runMaintenance(undefined));
      if (answer === null) return;
      if (answer.ok) toast.success(t(answer.data.isDone ? "done" : "begun"));
      else if (answer.code === "conflict") toast.info(t("conflict"));
      else showFailure(answer);
    });
  }

  return (
    <Button variant="outline" size="sm" disabled={isRunning} onClick={run}>
      {isRunning ? t("running") : t("run")}
    </Button>
  );
}

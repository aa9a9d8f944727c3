"use client";

import { useTranslations } from "next-intl";
import { useOptimistic, useTransition } from "react";
import { toast } from "sonner";
import { changeSettings } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { RadioGroup } from "@/components/ui/radio-group";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { RadioRow } from "../radio-row";
import { useFailureToast } from "../use-failure-toast";

type Route = Settings["upstream"]["route"];

const ROUTES = ["gateway", "direct"] as const;

/** The route of every provider without its own. Saved as soon as it is chosen. */
export function DefaultWay({ route }: { readonly route: Route }) {
  const t = useTranslations("settings");
  const [shown, showAhead] = useOptimistic(route);
  const [, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function choose(chosen: Route, isUndo = false) {
    startTransition(async () => {
      showAhead(chosen);
      const answer = await answered(() =>
        changeSettings({ change: { section: "upstream", changes: { route: chosen } } }),
      );
      if (answer === null) return;
      if (!answer.ok) showFailure(answer);
      else if (!isUndo) {
        toast(t("upstream.way.changed", { route: chosen }), {
          action: { label: t("undo"), onClick: () => choose(route, true) },
        });
      }
    });
  }

  return (
    <RadioGroup
      aria-labelledby="way"
      value={shown}
      onValueChange={(chosen) => choose(chosen === "direct" ? "direct" : "gateway")}
      className="gap-3"
    >
      {ROUTES.map((each) => (
        <RadioRow
          key={each}
          value={each}
          label={t(`upstream.way.${each}`)}
          hint={t(`upstream.way.${each}Hint`)}
        />
      ))}
    </RadioGroup>
  );
}

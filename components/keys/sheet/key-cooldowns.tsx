"use client";

import { useTranslations } from "next-intl";
import { Countdown } from "@/components/time/countdown";
import { Button } from "@/components/ui/button";
import type { ProviderKeyDetail } from "@/lib/manage/keys/read-provider-key";
import { useKeyChanges } from "../bulk/use-key-changes";
import { useMeaning, useModelName } from "../use-meaning";

/** A key's cooldowns, by model, with the time left. */
export function KeyCooldowns({
  keyId,
  cooldowns,
  isAdmin,
}: {
  readonly keyId: string;
  readonly cooldowns: ProviderKeyDetail["cooldowns"];
  readonly isAdmin: boolean;
}) {
  const t = useTranslations("keys.detail");
  const meaning = useMeaning();
  const modelName = useModelName();
  const { change, isBusy } = useKeyChanges();
  return (
    <section className="space-y-3">
      <h3 className="font-medium">{t("cooldowns")}</h3>
      <ul className="space-y-3">
        {cooldowns.map(({ model, untilMs, reason, evidence }) => (
          <li key={model} className="flex items-start justify-between gap-3">
            <div className="min-w-0 space-y-0.5">
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-mono text-[13px] break-all">{modelName(model)}</span>
                <span className="text-cooling">
                  <Countdown untilMs={untilMs} />
                </span>
              </p>
              <p className="text-muted-foreground text-xs">{meaning(reason)}</p>
              {evidence.words && (
                <p className="text-muted-foreground text-xs break-words italic">{evidence.words}</p>
              )}
            </div>
            {isAdmin && (
              <Button
                variant="outline"
                size="xs"
                disabled={isBusy}
                aria-label={`${t("endNow")}: ${modelName(model)}`}
                onClick={() => change({ ids: [keyId] }, { kind: "end-cooldowns", model })}
              >
                {t("endNow")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { type KeyState, keyStateLooks } from "@/components/key-state";
import { Countdown } from "@/components/time/countdown";
import { useNow } from "@/components/time/use-now";
import { cn } from "@/lib/utils";

/**
 * A key's state in its color, with its icon and name. A cooling key shows the time left, and becomes ready when that is
 * over.
 */
export function StateBadge({
  state,
  untilMs,
  className,
}: {
  readonly state: KeyState;
  /** End of the cooldown, epoch milliseconds. */
  readonly untilMs?: number | undefined;
  readonly className?: string;
}) {
  const t = useTranslations("common");
  const nowMs = useNow();
  const isOver = state === "cooling" && untilMs !== undefined && untilMs <= nowMs;
  const shown = isOver ? "ready" : state;
  const { icon: Icon, text } = keyStateLooks[shown];
  return (
    <span
      data-slot="state-badge"
      data-state={shown}
      className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", text, className)}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span>{t(`state.${shown}`)}</span>
      {shown === "cooling" && untilMs !== undefined && <Countdown untilMs={untilMs} />}
    </span>
  );
}

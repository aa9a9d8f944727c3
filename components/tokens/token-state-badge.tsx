"use client";

import { useTranslations } from "next-intl";
import { Countdown } from "@/components/time/countdown";
import { type TokenState, tokenStateLooks } from "@/components/tokens/token-state";
import { cn } from "@/lib/utils";

/** A token's state in its color, with its icon and name; the time left if it is about to end. */
export function TokenStateBadge({
  state,
  expiresAt,
}: {
  readonly state: TokenState;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}) {
  const t = useTranslations("tokens.state");
  const { icon: Icon, text } = tokenStateLooks[state];
  return (
    <span
      data-slot="token-state"
      data-state={state}
      className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", text)}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span>{t(state)}</span>
      {state === "ending" && expiresAt !== null && <Countdown untilMs={expiresAt} />}
    </span>
  );
}

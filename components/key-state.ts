import { Ban, CircleCheck, CirclePause, Clock, type LucideIcon } from "lucide-react";

/** The states of a provider key: `cooling` is an active key in cooldown. */
export const keyStates = ["ready", "cooling", "blocked", "disabled"] as const;

export type KeyState = (typeof keyStates)[number];

/** A state's look, everywhere: one icon, one color for text and one for fills. */
export const keyStateLooks: Readonly<
  Record<KeyState, { readonly icon: LucideIcon; readonly text: string; readonly fill: string }>
> = {
  ready: { icon: CircleCheck, text: "text-ready", fill: "bg-ready-fill" },
  cooling: { icon: Clock, text: "text-cooling", fill: "bg-cooling-fill" },
  blocked: { icon: Ban, text: "text-blocked", fill: "bg-blocked-fill" },
  disabled: { icon: CirclePause, text: "text-disabled", fill: "bg-disabled-fill" },
};

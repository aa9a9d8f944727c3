import { Ban, CircleCheck, CirclePause, Clock, type LucideIcon } from "lucide-react";

/** What a provider key can be: `cooling` is an active key that rests. */
export const keyStates = ["ready", "cooling", "blocked", "disabled"] as const;

export type KeyState = (typeof keyStates)[number];

/** How a state looks, everywhere: one icon, one colour to read and one to fill with. */
export const keyStateLooks: Readonly<
  Record<KeyState, { readonly icon: LucideIcon; readonly text: string; readonly fill: string }>
> = {
  ready: { icon: CircleCheck, text: "text-ready", fill: "bg-ready-fill" },
  cooling: { icon: Clock, text: "text-cooling", fill: "bg-cooling-fill" },
  blocked: { icon: Ban, text: "text-blocked", fill: "bg-blocked-fill" },
  disabled: { icon: CirclePause, text: "text-disabled", fill: "bg-disabled-fill" },
};

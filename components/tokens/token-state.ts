import { Ban, CircleCheck, CirclePause, Clock, Hourglass, type LucideIcon } from "lucide-react";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";

/** The states of a token: `ending` is one that was rotated and still works. */
export type TokenState = "active" | "ending" | "paused" | "expired" | "revoked";

export function tokenState(
  { status, expiresAt, rotatedTo }: Pick<AccessTokenItem, "status" | "expiresAt" | "rotatedTo">,
  nowMs: number,
): TokenState {
  if (status === "revoked") return "revoked";
  if (expiresAt !== null && expiresAt <= nowMs) return "expired";
  if (status === "paused") return "paused";
  return rotatedTo === null ? "active" : "ending";
}

/** The same colors and icons as for keys in a similar state. */
export const tokenStateLooks: Readonly<
  Record<TokenState, { readonly icon: LucideIcon; readonly text: string }>
> = {
  active: { icon: CircleCheck, text: "text-ready" },
  ending: { icon: Clock, text: "text-cooling" },
  paused: { icon: CirclePause, text: "text-disabled" },
  expired: { icon: Hourglass, text: "text-disabled" },
  revoked: { icon: Ban, text: "text-blocked" },
};

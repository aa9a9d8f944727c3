import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleSlash,
  Gauge,
  type LucideIcon,
  ServerCrash,
} from "lucide-react";
import { useTranslations } from "next-intl";
import type { Outcome } from "@/lib/usage/types";
import { cn } from "@/lib/utils";

const LOOKS: Readonly<Record<Outcome, { readonly icon: LucideIcon; readonly text: string }>> = {
  ok: { icon: CircleCheck, text: "text-ready" },
  client_error: { icon: CircleAlert, text: "text-cooling" },
  limited: { icon: Gauge, text: "text-cooling" },
  upstream_error: { icon: ServerCrash, text: "text-blocked" },
  aborted: { icon: CircleSlash, text: "text-disabled" },
  denied: { icon: Ban, text: "text-blocked" },
};

/** A request's outcome, with the status that the client got. */
export function OutcomeBadge({
  outcome,
  status,
}: {
  readonly outcome: Outcome;
  readonly status: number;
}) {
  const t = useTranslations("requests.outcomes");
  const { icon: Icon, text } = LOOKS[outcome];
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", text)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span>{t(outcome)}</span>
      <span className="text-muted-foreground tabular-nums">{status}</span>
    </span>
  );
}

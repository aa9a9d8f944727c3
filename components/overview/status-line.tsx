import { Ban, ChevronRight, CircleCheck, CirclePause, Clock, TriangleAlert } from "lucide-react";
import { getFormatter, getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import { Countdown } from "@/components/time/countdown";
import type { Trouble } from "@/lib/manage/usage/overview-troubles";
import type { PoolHealth } from "@/lib/manage/usage/pool-health";
import { cn } from "@/lib/utils";

const LOOKS = {
  dead: { icon: Ban, text: "text-blocked" },
  resting: { icon: Clock, text: "text-cooling" },
  dry: { icon: Clock, text: "text-cooling" },
  blocked: { icon: TriangleAlert, text: "text-cooling" },
  drySoon: { icon: TriangleAlert, text: "text-cooling" },
  serving: { icon: CircleCheck, text: "text-ready" },
  off: { icon: CirclePause, text: "text-disabled" },
} as const;

/** The worst problem first, then the others; otherwise that all is well. */
export async function StatusLine({
  health,
  troubles,
}: {
  /** The worst pool's health. */
  readonly health: PoolHealth;
  /** The worst first. */
  readonly troubles: readonly Trouble[];
}) {
  const [t, format] = await Promise.all([getTranslations("overview.status"), getFormatter()]);
  const timeOf = (ms: number) => format.dateTime(ms, { hour: "numeric", minute: "2-digit" });
  const words = (trouble: Trouble): string => {
    if ("quotas" in trouble) {
      const [first] = trouble.quotas;
      const ms = trouble.kind === "dry" ? first?.resetMs : first?.dryMs;
      const time = ms === null || ms === undefined ? "" : timeOf(ms);
      const more = trouble.quotas.length - 1;
      return t(trouble.kind, { model: first?.model ?? "", time, more });
    }
    const [first] = trouble.pools;
    if (trouble.kind === "blocked") {
      const { keys, pools } = trouble;
      return t("blocked", { keys, pools: pools.length, label: first?.label ?? "" });
    }
    return t(trouble.kind, { label: first?.label ?? "", more: trouble.pools.length - 1 });
  };
  const [worst, ...others] = troubles;
  const kind = worst?.kind ?? (health === "off" ? "off" : "serving");
  const { icon: Icon, text } = LOOKS[kind];
  return (
    <Link
      href={hrefOf(worst)}
      className="hover:bg-accent/40 focus-visible:ring-ring/50 flex items-center gap-3 rounded-lg border px-4 py-3.5 outline-none focus-visible:ring-[3px]"
    >
      <Icon aria-hidden className={cn("size-5 shrink-0", text)} />
      <span className="min-w-0 flex-1">
        <span className="block text-base font-medium">
          {worst === undefined ? t(kind === "off" ? "off" : "serving") : words(worst)}
        </span>
        <span className="text-muted-foreground block">
          {others.length > 0
            ? others.map((each) => t("also", { trouble: words(each) })).join(" ")
            : await why(worst, kind)}
        </span>
      </span>
      <ChevronRight aria-hidden className="text-muted-foreground size-4 shrink-0" />
    </Link>
  );
}

async function why(worst: Trouble | undefined, kind: keyof typeof LOOKS) {
  const t = await getTranslations("overview.status");
  if (worst?.kind === "resting") {
    const [first] = worst.pools;
    const ms = first?.nextReadyAtMs ?? null;
    if (ms !== null) return t.rich("restingWhy", { left: () => <Countdown untilMs={ms} /> });
  }
  return t(kind === "resting" ? "restingLong" : `${kind}Why`);
}

/** The page for the worst problem. */
function hrefOf(worst: Trouble | undefined) {
  const parts = worst === undefined ? [] : "quotas" in worst ? worst.quotas : worst.pools;
  const [first, ...others] = [...new Set(parts.map(({ provider }) => provider))];
  if (first === undefined || (worst?.kind === "blocked" && others.length > 0)) return "/keys";
  return worst?.kind === "blocked"
    ? (`/keys/${first}?state=blocked` as const)
    : (`/keys/${first}` as const);
}

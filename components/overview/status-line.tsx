import { Ban, ChevronRight, CircleCheck, CirclePause, Clock, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { Countdown } from "@/components/countdown";
import type { PoolHealth } from "@/lib/manage/pool-health";
import type { PoolOverview } from "@/lib/manage/read-pool-overview";
import { cn } from "@/lib/utils";

const LOOKS: Readonly<Record<PoolHealth, { readonly icon: LucideIcon; readonly text: string }>> = {
  dead: { icon: Ban, text: "text-blocked" },
  resting: { icon: Clock, text: "text-cooling" },
  impaired: { icon: CircleCheck, text: "text-ready" },
  serving: { icon: CircleCheck, text: "text-ready" },
  off: { icon: CirclePause, text: "text-disabled" },
};

/** The worst thing first, with the way to it; else that all is well. @param pools the worst first */
export async function StatusLine({ pools }: { readonly pools: readonly PoolOverview[] }) {
  const t = await getTranslations("overview.status");
  const [worst] = pools;
  if (worst === undefined) return null;
  const { health, label, provider, cooling, blocked, nextReadyAtMs } = worst;
  const isTrouble = health === "dead" || health === "resting";
  const others = pools.filter((pool) => pool !== worst && pool.health === health).length;
  const { icon: Icon, text } = LOOKS[health];
  return (
    <Link
      href={health === "serving" || health === "off" ? "/keys" : `/keys/${provider}`}
      className="hover:bg-accent/40 focus-visible:ring-ring/50 flex items-center gap-3 rounded-lg border px-4 py-3.5 outline-none focus-visible:ring-[3px]"
    >
      <Icon aria-hidden className={cn("size-5 shrink-0", text)} />
      <span className="min-w-0 flex-1">
        <span className="block text-base font-medium">{t(health, { label })}</span>
        <span className="text-muted-foreground block">
          {health === "resting" && nextReadyAtMs !== null
            ? t.rich("restingWhy", {
                count: cooling,
                left: () => <Countdown untilMs={nextReadyAtMs} />,
              })
            : t(`${health}Why`, { count: blocked, label })}
          {isTrouble && others > 0 && ` ${t("others", { count: others })}`}
        </span>
      </span>
      <ChevronRight aria-hidden className="text-muted-foreground size-4 shrink-0" />
    </Link>
  );
}

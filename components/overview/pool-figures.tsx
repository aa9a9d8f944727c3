import { getTranslations } from "next-intl/server";
import { formatExactCount } from "@/components/format";
import type { PoolOverview } from "@/lib/manage/read-pool-overview";

/** The whole in three figures. */
export async function PoolFigures({ pools }: { readonly pools: readonly PoolOverview[] }) {
  const t = await getTranslations("overview.figures");
  const sum = (count: (pool: PoolOverview) => number) =>
    pools.reduce((total, pool) => total + count(pool), 0);
  const ready = sum((pool) => pool.ready);
  const cooling = sum((pool) => pool.cooling);
  const blocked = sum((pool) => pool.blocked);
  const all = ready + cooling + blocked + sum((pool) => pool.disabled);
  const serving = pools.filter((pool) => pool.ready > 0).length;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border lg:grid-cols-4">
      <Figure name={t("ready")} value={ready} detail={t("ofKeys", { count: all })} />
      <Figure name={t("pools")} value={serving} detail={t("ofPools", { count: pools.length })} />
      <Figure name={t("cooling")} value={cooling} detail={t("coolingDetail")} />
      <Figure name={t("blocked")} value={blocked} detail={t("blockedDetail")} />
    </dl>
  );
}

function Figure({
  name,
  value,
  detail,
}: {
  readonly name: string;
  readonly value: number;
  readonly detail: string;
}) {
  return (
    <div className="bg-card p-4">
      <dt className="text-muted-foreground">{name}</dt>
      <dd data-figure className="mt-1 flex flex-wrap items-baseline gap-x-2">
        <span className="text-2xl font-semibold tracking-tight">{formatExactCount(value)}</span>
        <span className="text-muted-foreground">{detail}</span>
      </dd>
    </div>
  );
}

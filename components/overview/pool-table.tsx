import { getTranslations } from "next-intl/server";
import { formatExactCount, UNKNOWN } from "@/components/format";
import { type KeyState, keyStateLooks, keyStates } from "@/components/key-state";
import { Link } from "@/components/link";
import { StateStrip } from "@/components/state-strip";
import { Countdown } from "@/components/time/countdown";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { PoolOverview } from "@/lib/manage/usage/read-pool-overview";
import { cn } from "@/lib/utils";

/** A row for each provider with keys. */
export async function PoolTable({ pools }: { readonly pools: readonly PoolOverview[] }) {
  const t = await getTranslations("overview.pools");
  const common = await getTranslations("common");
  return (
    <section aria-labelledby="pools">
      <h2 id="pools" className="mb-3 text-base font-medium">
        {t("title")}
      </h2>
      <div className="overflow-hidden rounded-lg border">
        <Table>
          <TableHeader>
            <TableRow className="hover:bg-transparent">
              <TableHead className="pl-4">{t("provider")}</TableHead>
              <TableHead className="w-1/2 sm:w-1/3">{t("keys")}</TableHead>
              {keyStates.map((state) => (
                <TableHead key={state} className="hidden text-right sm:table-cell">
                  {common(`state.${state}`)}
                </TableHead>
              ))}
              <TableHead className="hidden pr-4 text-right md:table-cell">
                {t("nextReady")}
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {pools.map((pool) => (
              <PoolRow key={pool.provider} pool={pool} />
            ))}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}

async function PoolRow({ pool }: { readonly pool: PoolOverview }) {
  const t = await getTranslations("common");
  const { provider, label, ready, cooling, blocked, disabled, nextReadyAtMs } = pool;
  const counts: Readonly<Record<KeyState, number>> = { ready, cooling, blocked, disabled };
  return (
    <TableRow className="relative">
      <TableCell className="py-3 pl-4 font-medium">
        {/* The link covers its row. */}
        <Link
          href={`/keys/${provider}`}
          prefetch={false}
          className="focus-visible:after:ring-ring/50 outline-none after:absolute after:inset-0 focus-visible:after:ring-[3px]"
        >
          {label}
        </Link>
      </TableCell>
      <TableCell className="pr-4">
        <StateStrip counts={counts} />
        <p className="text-muted-foreground mt-1.5 text-xs whitespace-normal sm:hidden">
          {keyStates
            .filter((state) => counts[state] > 0)
            .map((state) => t(`stateCount.${state}`, { count: counts[state] }))
            .join(", ")}
        </p>
      </TableCell>
      {keyStates.map((state) => (
        <TableCell
          key={state}
          className={cn(
            "hidden text-right sm:table-cell",
            counts[state] === 0 ? "text-muted-foreground" : keyStateLooks[state].text,
          )}
        >
          {formatExactCount(counts[state])}
        </TableCell>
      ))}
      <TableCell className="text-muted-foreground hidden pr-4 text-right md:table-cell">
        {ready > 0 || nextReadyAtMs === null ? UNKNOWN : <Countdown untilMs={nextReadyAtMs} />}
      </TableCell>
    </TableRow>
  );
}

import { getTranslations } from "next-intl/server";
import { formatCount, formatExactCount, formatUsd, UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import { Countdown } from "@/components/time/countdown";
import { Progress } from "@/components/ui/progress";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { HolderBudgets } from "@/lib/manage/usage/read-budgets";
import { TOKEN_LIMITS, type TokenLimit } from "@/lib/usage/token-limits";
import { cn } from "@/lib/utils";

/** The used share of a budget from which it is highlighted. */
const NEARLY = 0.8;
/** From which its bar is red. */
const ALMOST_ALL = 0.95;

/** Each limit of each group, member and token: what is used, reserved and left, and when it renews. */
export async function BudgetTable({
  holders,
  withLinks = false,
}: {
  readonly holders: readonly HolderBudgets[];
  /** To the groups' pages, which admins may open. */
  readonly withLinks?: boolean;
}) {
  const t = await getTranslations("budgets");
  return (
    <div className="@container overflow-hidden rounded-lg border">
      <Table aria-label={t("table")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4 @max-2xl:hidden">{t("column.limit")}</TableHead>
            <TableHead className="min-w-40 @max-2xl:pl-4">{t("column.used")}</TableHead>
            <TableHead className="text-right @max-2xl:hidden">{t("column.reserved")}</TableHead>
            <TableHead className="text-right">{t("column.left")}</TableHead>
            <TableHead className="pr-4 text-right">{t("column.renews")}</TableHead>
          </TableRow>
        </TableHeader>
        {holders.map((holder) => (
          <HolderRows key={holder.id} holder={holder} withLinks={withLinks} />
        ))}
      </Table>
    </div>
  );
}

async function HolderRows({
  holder,
  withLinks,
}: {
  readonly holder: HolderBudgets;
  readonly withLinks: boolean;
}) {
  const [t, limits] = await Promise.all([getTranslations("budgets"), getTranslations("limits")]);
  const { kind, name, owner } = holder;
  const set = TOKEN_LIMITS.filter((limit) => holder.limits[limit] !== null);
  return (
    <TableBody className="border-b last:border-b-0">
      <TableRow className="border-0 hover:bg-transparent">
        <th scope="rowgroup" colSpan={5} className="px-4 pt-3 pb-1 text-left font-normal">
          <span className="font-medium">
            {kind === "group" && withLinks ? (
              <Link
                href={`/team/groups/${holder.id}`}
                prefetch={false}
                className="underline-offset-4 hover:underline"
              >
                {name}
              </Link>
            ) : (
              name
            )}
          </span>{" "}
          <span className="text-muted-foreground text-xs">
            {kind !== "token"
              ? t(`kind.${kind}`)
              : owner === null
                ? t("kind.teamToken")
                : t("kind.token", { owner: owner.name })}
          </span>
        </th>
      </TableRow>
      {set.map((limit) => (
        <TableRow key={limit} className="border-0 hover:bg-transparent">
          <TableCell className="pl-4 @max-2xl:hidden">{limits(`name.${limit}`)}</TableCell>
          <LimitCells holder={holder} limit={limit} label={limits(`name.${limit}`)} />
        </TableRow>
      ))}
    </TableBody>
  );
}

async function LimitCells({
  holder,
  limit,
  label,
}: {
  readonly holder: HolderBudgets;
  readonly limit: TokenLimit;
  readonly label: string;
}) {
  const t = await getTranslations("budgets");
  const most = holder.limits[limit] ?? 0;
  const budget = holder.budgets.find((each) => each.limit === limit);
  if (budget === undefined) {
    const isNow = limit === "concurrentRequests";
    const { underWay } = holder;
    return (
      <>
        <TableCell className="tabular-nums @max-2xl:pl-4">
          <NarrowLabel>{label}</NarrowLabel>
          {isNow
            ? t("used", { used: formatExactCount(underWay ?? 0), most: formatExactCount(most) })
            : t("most", { most: formatCount(most) })}
        </TableCell>
        <TableCell className="text-right @max-2xl:hidden">{UNKNOWN}</TableCell>
        <TableCell className="text-right tabular-nums">
          {isNow ? formatExactCount(Math.max(0, most - (underWay ?? 0))) : UNKNOWN}
        </TableCell>
        <TableCell className="text-muted-foreground pr-4 text-right text-xs">
          {isNow ? t("noRenewal") : t("minute")}
        </TableCell>
      </>
    );
  }
  const { used, reserved, left, share, renewsAt } = budget;
  const words = { used: amountOf(limit, used), most: amountOf(limit, most) };
  const tone = cn(share >= NEARLY && "text-cooling", share >= 1 && "text-blocked font-medium");
  return (
    <>
      <TableCell className="tabular-nums @max-2xl:pl-4">
        <NarrowLabel>{label}</NarrowLabel>
        <span className={tone}>{t("used", words)}</span>
        <Progress
          aria-label={t("usedLabel", { name: holder.name, limit: label, ...words })}
          value={Math.min(100, share * 100)}
          className={cn(
            "mt-1.5 h-1.5",
            share >= NEARLY && "*:data-[slot=progress-indicator]:bg-cooling-fill",
            share >= ALMOST_ALL && "*:data-[slot=progress-indicator]:bg-blocked-fill",
          )}
        />
      </TableCell>
      <TableCell className="text-right tabular-nums @max-2xl:hidden" title={t("reservedHelp")}>
        {reserved === 0 ? UNKNOWN : amountOf(limit, reserved)}
      </TableCell>
      <TableCell className={cn("text-right tabular-nums", tone)}>{amountOf(limit, left)}</TableCell>
      <TableCell className="text-muted-foreground pr-4 text-right text-xs whitespace-nowrap">
        <Countdown untilMs={renewsAt} />
      </TableCell>
    </>
  );
}

/** In a narrow table a limit's name has no column of its own. */
function NarrowLabel({ children }: { readonly children: string }) {
  return <span className="text-muted-foreground block text-xs @2xl:hidden">{children}</span>;
}

/** Below this, rounded figures wouldn't add up: 130 of 2K used, 1.9K left. */
const EXACT_BELOW = 10_000;

function amountOf(limit: TokenLimit, amount: number): string {
  if (limit.endsWith("Usd")) return formatUsd(amount);
  return amount < EXACT_BELOW ? formatExactCount(amount) : formatCount(amount);
}

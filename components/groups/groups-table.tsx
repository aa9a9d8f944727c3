import { getTranslations } from "next-intl/server";
import { formatExactCount } from "@/components/format";
import { Link } from "@/components/link";
import { TokenLimits } from "@/components/tokens/token-limits";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { GroupItem } from "@/lib/manage/groups/list-groups";
import type { HolderBudgets } from "@/lib/manage/usage/read-budgets";

/** All groups: who and what belongs to each, and how much of its limits is used. */
export async function GroupsTable({
  groups,
  budgets,
}: {
  readonly groups: readonly GroupItem[];
  /** Of those that have limits. */
  readonly budgets: readonly HolderBudgets[];
}) {
  const t = await getTranslations("groups");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")} data-cards>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("columns.group")}</TableHead>
            <TableHead className="text-right">{t("columns.members")}</TableHead>
            <TableHead className="text-right">{t("columns.tokens")}</TableHead>
            <TableHead className="text-right">{t("columns.keys")}</TableHead>
            <TableHead className="pl-8">{t("columns.common")}</TableHead>
            <TableHead className="pr-4">{t("columns.limits")}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {groups.map((group) => (
            <TableRow key={group.id}>
              <TableCell data-card="title" className="max-w-72 truncate pl-4 font-medium">
                <Link
                  data-opens
                  href={`/team/groups/${group.id}`}
                  prefetch={false}
                  className="underline-offset-4 hover:underline"
                  title={group.name}
                >
                  {group.name}
                </Link>
              </TableCell>
              <TableCell
                data-card="line"
                data-caption={t("columns.members")}
                className="text-right tabular-nums"
              >
                {formatExactCount(group.members.length)}
              </TableCell>
              <TableCell
                data-card="line"
                data-caption={t("columns.tokens")}
                className="text-right tabular-nums"
              >
                {formatExactCount(group.tokens)}
              </TableCell>
              <TableCell
                data-card="line"
                data-caption={t("columns.keys")}
                className="text-right tabular-nums"
              >
                {formatExactCount(group.keys)}
              </TableCell>
              <TableCell data-card="line" data-caption={t("columns.common")} className="pl-8">
                {t(group.usesCommonKeys ? "common.yes" : "common.no")}
              </TableCell>
              <TableCell data-card="line" className="basis-full pr-4">
                <TokenLimits
                  // Its share is of common keys, not that of a token.
                  token={{ ...group, weight: 1, priorityClass: "interactive" }}
                  use={usedOf(budgets.find(({ id }) => id === group.id))}
                />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function usedOf(holder: HolderBudgets | undefined) {
  return Object.fromEntries(holder?.budgets.map(({ limit, used }) => [limit, used]) ?? []);
}

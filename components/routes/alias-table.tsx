import { getTranslations } from "next-intl/server";
import { CopyButton } from "@/components/copy-button";
import { formatUsd } from "@/components/format";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { ModelAliasItem } from "@/lib/manage/list-model-aliases";
import { AliasButton } from "./alias-button";
import type { ProviderChoice } from "./provider-choice";
import { RemoveAlias } from "./remove-alias";
import { TargetLine } from "./target-line";

/** A row for each alias, with its targets in their order. */
export async function AliasTable({
  aliases,
  providers,
  mayChange,
}: {
  readonly aliases: readonly ModelAliasItem[];
  readonly providers: readonly ProviderChoice[];
  readonly mayChange: boolean;
}) {
  const t = await getTranslations("routes");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("columns.name")}</TableHead>
            <TableHead>{t("columns.targets")}</TableHead>
            <TableHead className="hidden lg:table-cell">{t("columns.limits")}</TableHead>
            {mayChange && (
              <TableHead className="w-20">
                <span className="sr-only">{t("columns.actions")}</span>
              </TableHead>
            )}
          </TableRow>
        </TableHeader>
        <TableBody>
          {aliases.map((alias) => (
            <TableRow key={alias.name} className="align-top">
              <TableCell className="py-3 pl-4">
                <span className="flex items-center gap-1">
                  <span className="font-mono text-[13px] font-medium">{alias.name}</span>
                  <CopyButton value={alias.name} name={alias.name} />
                </span>
                <p className="text-muted-foreground text-xs">{t(`choices.${alias.choice}`)}</p>
                <p className="text-muted-foreground mt-1 text-xs lg:hidden">
                  <Limits alias={alias} />
                </p>
              </TableCell>
              <TableCell className="py-3">
                <ol className="space-y-2">
                  {alias.targets.map((target) => (
                    <TargetLine
                      key={`${target.provider}/${target.model}`}
                      target={target}
                      share={shareOf(alias, target.weight)}
                    />
                  ))}
                </ol>
              </TableCell>
              <TableCell className="hidden py-3 tabular-nums lg:table-cell">
                <Limits alias={alias} />
              </TableCell>
              {mayChange && (
                <TableCell className="py-2 pr-4">
                  <div className="flex justify-end gap-1">
                    <AliasButton alias={alias} providers={providers} />
                    <RemoveAlias name={alias.name} />
                  </div>
                </TableCell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

async function Limits({
  alias: { maxInputUsd, maxOutputUsd },
}: {
  readonly alias: ModelAliasItem;
}) {
  const t = await getTranslations("routes.limits");
  const limits = [
    maxInputUsd !== null && t("input", { usd: formatUsd(maxInputUsd) }),
    maxOutputUsd !== null && t("output", { usd: formatUsd(maxOutputUsd) }),
  ].filter((limit) => limit !== false);
  if (limits.length === 0) return <span className="text-muted-foreground">{t("none")}</span>;
  return limits.map((limit) => (
    <span key={limit} className="block">
      {limit}
    </span>
  ));
}

/** Of the requests, as long as all targets serve; null where they are taken in order. */
function shareOf({ choice, targets }: ModelAliasItem, weight: number): number | null {
  if (choice !== "weighted") return null;
  return weight / targets.reduce((sum, target) => sum + target.weight, 0);
}

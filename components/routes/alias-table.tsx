import { getTranslations } from "next-intl/server";
import { CopyButton } from "@/components/copy-button";
import { formatShare, formatUsd } from "@/components/format";
import type { ProviderChoice } from "@/components/provider-choice";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { ModelAliasItem } from "@/lib/manage/providers/list-model-aliases";
import { AliasButton } from "./alias-button";
import { RemoveAlias } from "./remove-alias";
import { TargetLine } from "./target-line";

/** A row for each alias, with its targets in order. */
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
    <div className="@container overflow-hidden rounded-lg border">
      <Table aria-label={t("title")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("columns.name")}</TableHead>
            <TableHead>{t("columns.targets")}</TableHead>
            <TableHead className="hidden w-36 lg:table-cell">{t("columns.limits")}</TableHead>
            {mayChange && (
              <TableHead className="w-12 sm:w-24">
                <span className="sr-only">{t("columns.actions")}</span>
              </TableHead>
            )}
          </TableRow>
        </TableHeader>
        <TableBody>
          {aliases.map((alias) => (
            <TableRow key={alias.name} className="*:align-top *:whitespace-normal">
              <TableCell className="w-28 py-3 pl-4 sm:w-44">
                <span className="flex items-start gap-1">
                  <span className="font-mono text-[13px] leading-5 font-medium break-all">
                    {alias.name}
                  </span>
                  <CopyButton value={alias.name} name={alias.name} className="-mt-1.5" />
                </span>
                <p className="text-muted-foreground text-xs">{t(`choices.${alias.choice}`)}</p>
                {alias.conversion !== "needed" && (
                  <p className="text-muted-foreground text-xs">
                    {t(`conversionMarks.${alias.conversion}`)}
                  </p>
                )}
                <p className="text-muted-foreground mt-1 text-xs lg:hidden">
                  <Limits alias={alias} />
                </p>
              </TableCell>
              <TableCell className="py-3">
                <ol className="space-y-2.5">
                  {alias.targets.map((target, index) => (
                    <TargetLine
                      key={`${target.provider}/${target.model}`}
                      target={target}
                      marker={markerOf(alias, index)}
                    />
                  ))}
                </ol>
              </TableCell>
              <TableCell className="hidden py-3 tabular-nums lg:table-cell">
                <Limits alias={alias} />
              </TableCell>
              {mayChange && (
                <TableCell className="px-1 py-1.5 sm:pr-4">
                  <div className="flex flex-col items-end gap-1 sm:flex-row sm:justify-end">
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

/** A target's position; with a weighted choice its share, as long as all targets serve. */
function markerOf({ choice, targets }: ModelAliasItem, index: number): string {
  if (choice === "ordered") return `${index + 1}.`;
  const sum = targets.reduce((total, { weight }) => total + weight, 0);
  return formatShare((targets[index]?.weight ?? 0) / sum);
}

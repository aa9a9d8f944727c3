"use client";

import { useTranslations } from "next-intl";
import { formatExactCount } from "@/components/format";
import type { ProviderChoice } from "@/components/provider-choice";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { ProviderImport } from "@/lib/manage/imports/import-schemas";
import { cn } from "@/lib/utils";

/** What is new, in total and by state, and what already exists. */
const COLUMNS = ["added", "blocked", "disabled", "cooling", "duplicates", "changed"] as const;

/** Parts of the new ones, shown below the provider's name if space is limited. */
const DETAILS = ["blocked", "disabled", "cooling"] as const;
const isDetail = (column: string) => DETAILS.some((detail) => detail === column);

/** The difference, per provider. */
export function DifferenceTable({
  rows,
  providers,
}: {
  readonly rows: readonly ProviderImport[];
  readonly providers: readonly ProviderChoice[];
}) {
  const t = useTranslations("import");
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  const classOf = (column: (typeof COLUMNS)[number]) =>
    cn(
      "text-right whitespace-normal",
      isDetail(column) && "hidden sm:table-cell",
      column === "changed" && "pr-4",
    );
  return (
    <div className="overflow-auto rounded-lg border">
      <Table aria-label={t("tableLabel")}>
        <TableHeader>
          <TableRow className="text-muted-foreground hover:bg-transparent">
            <TableHead className="pl-4">{t("column.provider")}</TableHead>
            {COLUMNS.map((column) => (
              <TableHead key={column} className={classOf(column)}>
                {t(`column.${column}`)}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.provider}>
              <TableCell className="pl-4 font-medium">
                {labels.get(row.provider) ?? row.provider}
                <p className="text-muted-foreground text-xs font-normal whitespace-normal sm:hidden">
                  {DETAILS.filter((detail) => row[detail] > 0)
                    .map((detail) => t(`details.${detail}`, { count: row[detail] }))
                    .join(" · ")}
                </p>
              </TableCell>
              {COLUMNS.map((column) => (
                <TableCell
                  key={column}
                  className={cn(classOf(column), row[column] === 0 && "text-muted-foreground")}
                >
                  {formatExactCount(row[column])}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

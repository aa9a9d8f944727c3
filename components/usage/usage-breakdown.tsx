import { getTranslations } from "next-intl/server";
import { formatExactCount, formatUsd } from "@/components/format";
import { Link } from "@/components/link";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { SpentSums } from "@/lib/manage/usage/read-usage";

export interface BreakdownRow extends SpentSums {
  readonly id: string;
  readonly label: string;
}

/** Who or what used how much, most requests first. Phones have no room for the tokens. */
export async function UsageBreakdown({
  title,
  groupLabel,
  rows,
  hrefOf = () => null,
  pageOf = () => null,
}: {
  readonly title: string;
  /** Heading of the first column. */
  readonly groupLabel: string;
  readonly rows: readonly BreakdownRow[];
  /** The link to a row's requests; null if they can't be filtered. */
  readonly hrefOf?: (id: string) => `/requests?${string}` | null;
  /** The page of what a row is about; null if there is none, or the reader can't open it. */
  readonly pageOf?: (id: string) => string | null;
}) {
  const t = await getTranslations("usage.figures");
  return (
    <section className="min-w-0">
      <h2 className="mb-3 text-base font-medium">{title}</h2>
      <div className="overflow-hidden rounded-lg border">
        <Table aria-label={title}>
          <TableHeader>
            <TableRow className="hover:bg-transparent">
              <TableHead className="pl-4">{groupLabel}</TableHead>
              <TableHead className="text-right">{t("requests")}</TableHead>
              <TableHead className="hidden text-right sm:table-cell">{t("tokens")}</TableHead>
              <TableHead className="pr-4 text-right">{t("cost")}</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {rows.map(({ id, label, requests, inputTokens, outputTokens, ...row }) => {
              const href = hrefOf(id);
              const page = pageOf(id) ?? href;
              const isUnknown = row.costUsd === 0 && row.unpricedRequests > 0;
              return (
                <TableRow key={id}>
                  <TableCell
                    className="max-w-40 truncate pl-4 font-medium sm:max-w-64"
                    title={label}
                  >
                    {page === null ? (
                      label
                    ) : (
                      <Link href={page} prefetch={false} className="hover:underline">
                        {label}
                      </Link>
                    )}
                  </TableCell>
                  <TableCell className="text-right tabular-nums">
                    {href === null ? (
                      formatExactCount(requests)
                    ) : (
                      <Link href={href} prefetch={false} className="hover:underline">
                        {formatExactCount(requests)}
                      </Link>
                    )}
                  </TableCell>
                  <TableCell className="hidden text-right tabular-nums sm:table-cell">
                    {formatExactCount(inputTokens + outputTokens)}
                  </TableCell>
                  <TableCell
                    className="pr-4 text-right tabular-nums"
                    title={isUnknown ? t("noPrice") : String(row.costUsd)}
                  >
                    {formatUsd(isUnknown ? null : row.costUsd)}
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}

import { getTranslations } from "next-intl/server";
import { exactUsd, formatExactCount, formatUsd } from "@/components/format";
import type { SpentSums } from "@/lib/manage/usage/read-usage";
import { UsageCell, UsageRow, UsageTable } from "./usage-table";

export interface BreakdownRow extends SpentSums {
  readonly id: string;
  readonly label: string;
}

/** Who or what used how much, most requests first. Narrow tables have no room for the tokens. */
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
      <UsageTable
        label={title}
        nameLabel={groupLabel}
        figures={[
          { label: t("requests") },
          { label: t("tokens"), isExtra: true },
          { label: t("cost") },
        ]}
      >
        {rows.map(({ id, label, requests, inputTokens, outputTokens, ...row }) => {
          const href = hrefOf(id);
          const isUnknown = row.costUsd === 0 && row.unpricedRequests > 0;
          return (
            <UsageRow key={id} name={label} href={pageOf(id) ?? href}>
              <UsageCell href={href}>{formatExactCount(requests)}</UsageCell>
              <UsageCell isExtra>{formatExactCount(inputTokens + outputTokens)}</UsageCell>
              <UsageCell title={isUnknown ? t("noPrice") : exactUsd(row.costUsd)}>
                {formatUsd(isUnknown ? null : row.costUsd)}
              </UsageCell>
            </UsageRow>
          );
        })}
      </UsageTable>
    </section>
  );
}

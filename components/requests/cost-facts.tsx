import { useTranslations } from "next-intl";
import { formatUsd } from "@/components/format";
import type { ShownBasis } from "@/lib/manage/usage/list-requests";

/** How a cost was determined, below its amount. */
export function CostFacts({ basis }: { readonly basis: ShownBasis }) {
  const t = useTranslations("requests");
  const { source, model, tier, factor, units, tools, toolsUsd, others } = basis;
  const lines = [
    t(`costs.${source}`, { model: model ?? "" }),
    ...(factor === undefined
      ? []
      : [
          tier === undefined
            ? t("costs.place", { factor })
            : t("costs.factor", { factor, tier: t(`costs.tiers.${tier}`) }),
        ]),
    ...(units?.pages === undefined ? [] : [t("costs.pages", { count: units.pages })]),
    ...(units?.characters === undefined
      ? []
      : [t("costs.characters", { count: units.characters })]),
    ...(others ?? []).map((other) => t("costs.other", { model: other })),
    ...(tools === undefined || toolsUsd === undefined
      ? []
      : [
          t("costs.tools", {
            amount: formatUsd(toolsUsd),
            count: Math.max(...Object.values(tools)),
          }),
        ]),
  ];
  return (
    <ul className="text-muted-foreground text-xs">
      {lines.map((line) => (
        <li key={line} className="break-words">
          {line}
        </li>
      ))}
    </ul>
  );
}

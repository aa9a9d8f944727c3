"use client";

import { useTranslations } from "next-intl";
import { formatCount, formatUsd, UNKNOWN } from "@/components/format";
import { LIMITS } from "@/components/tokens/token-limit-names";
import type { AccessTokenItem } from "@/lib/manage/list-access-tokens";

/** A token's limits, and how much of each is used: a dash while that is not counted. */
export function TokenLimits({ token }: { readonly token: AccessTokenItem }) {
  const t = useTranslations("tokens");
  const limits = LIMITS.flatMap((name) => {
    const limit = token[name];
    if (limit === null) return [];
    return [{ name, amount: name.endsWith("Usd") ? formatUsd(limit) : formatCount(limit) }];
  });
  if (limits.length === 0) return <span title={t("noLimits")}>{UNKNOWN}</span>;
  return (
    <ul className="text-xs leading-5" data-figure>
      {limits.map(({ name, amount }) => (
        <li key={name}>
          <span className="text-muted-foreground" title={t("useUnknown")}>
            {UNKNOWN}
            {" / "}
          </span>
          {t(`limitLine.${name}`, { amount })}
        </li>
      ))}
    </ul>
  );
}

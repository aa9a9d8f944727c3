"use client";

import { useTranslations } from "next-intl";
import { formatCount, formatExactCount, formatUsd } from "@/components/format";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import type { TokenUse } from "@/lib/manage/tokens/read-token-use";
import { BUDGETS, TOKEN_LIMITS, type TokenLimit } from "@/lib/usage/token-limits";
import { cn } from "@/lib/utils";

/** The used share of a limit from which it is highlighted. */
const NEARLY = 0.8;

/** The limits of a token or a group, how much of the daily and monthly ones is used, and its share if it is unusual. */
export function TokenLimits({
  token,
  use,
}: {
  readonly token: Pick<AccessTokenItem, TokenLimit | "weight" | "priorityClass">;
  readonly use: Partial<TokenUse> | undefined;
}) {
  const t = useTranslations("tokens");
  const limits = TOKEN_LIMITS.flatMap((name) => {
    const limit = token[name];
    return limit === null ? [] : [{ name, limit }];
  });
  const { weight, priorityClass } = token;
  const isUsual = weight === 1 && priorityClass === "interactive";
  if (limits.length === 0 && isUsual) {
    return <span className="text-muted-foreground">{t("noLimits")}</span>;
  }
  return (
    <ul className="text-xs leading-5 whitespace-nowrap" data-figure>
      {limits.map(({ name, limit }) => (
        <Limit key={name} name={name} limit={limit} used={usedOf(use, name)} />
      ))}
      {!isUsual && (
        <li className="text-muted-foreground">{t(`shareLine.${priorityClass}`, { weight })}</li>
      )}
    </ul>
  );
}

function Limit({
  name,
  limit,
  used,
}: {
  readonly name: TokenLimit;
  readonly limit: number;
  /** Null for per-minute and concurrency limits, whose use is outdated before it is read. */
  readonly used: number | null;
}) {
  const t = useTranslations("tokens.limitLine");
  const amount = amountOf(name, limit);
  if (used === null) return <li>{t(name, { used: "", amount })}</li>;
  const share = used / limit;
  return (
    <li
      className={cn(share >= NEARLY && "text-cooling", share >= 1 && "text-blocked font-medium")}
      title={t("exact", { used: exactly(name, used), amount: exactly(name, limit) })}
    >
      {t(name, { used: amountOf(name, used), amount })}
    </li>
  );
}

function usedOf(use: Partial<TokenUse> | undefined, name: TokenLimit): number | null {
  const budget = BUDGETS.find((each) => each === name);
  return (budget && use?.[budget]) ?? null;
}

function amountOf(name: TokenLimit, amount: number): string {
  return name.endsWith("Usd") ? formatUsd(amount) : formatCount(amount);
}

function exactly(name: TokenLimit, amount: number): string {
  return name.endsWith("Usd") ? formatUsd(amount) : formatExactCount(amount);
}

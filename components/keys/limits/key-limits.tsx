"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import { formatUsd } from "@/components/format";
import { Button } from "@/components/ui/button";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import type { ProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import type { KnownLimit } from "@/lib/pool/types";
import { useKeyChanges } from "../bulk/use-key-changes";
import { useModelName } from "../use-meaning";
import { limitWords } from "./limit-words";
import { LimitsForm } from "./limits-form";
import { useLimitChanges } from "./use-limit-changes";

/** A key's current limits, by model in use; from the memory of the process that responded. */
export type KeyLimitsInUse = readonly {
  readonly model: string;
  readonly limits: readonly KnownLimit[];
}[];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NANO_PER_USD = 1e9;

/** The limits of one key: the current ones with their sources, and the configured ones. */
export function KeyLimits({
  view: { id, provider, quotaDomain, limits: own },
  limits,
  inUse,
  isAdmin,
}: {
  readonly view: ProviderKeyView;
  readonly limits: ProviderLimits;
  readonly inUse: KeyLimitsInUse;
  readonly isAdmin: boolean;
}) {
  const t = useTranslations("keys.limits");
  const format = useFormatter();
  const { change, isBusy: isKeyBusy } = useKeyChanges();
  const { save, isBusy } = useLimitChanges();
  const domain = limits.domains.find(({ name }) => name === quotaDomain);
  const closest = quotaDomain === null ? (own ?? []) : (domain?.limits ?? []);
  return (
    <section className="space-y-3">
      <h3 className="font-medium">{t("title")}</h3>
      {inUse.length > 0 && <LimitsInUse inUse={inUse} />}
      {limits.provider.length > 0 && (
        <p className="text-muted-foreground text-xs break-words">
          {t("fromProvider", { limits: limitWords(limits.provider, format.number) })}
        </p>
      )}
      {quotaDomain !== null && own !== null && (
        <p className="text-muted-foreground text-xs break-words">
          {t("ownIdle", { limits: limitWords(own, format.number) })}
        </p>
      )}
      {isAdmin ? (
        <>
          <p className="text-muted-foreground text-xs">
            {quotaDomain === null ? t("ofKeyHint") : t("ofDomainHint", { domain: quotaDomain })}
          </p>
          <LimitsForm
            rules={closest}
            submitLabel={t("save")}
            isBusy={isBusy || isKeyBusy}
            onSave={(rules) =>
              quotaDomain === null
                ? change({ ids: [id] }, { kind: "set", settings: { limits: rules } })
                : save({ provider, domain: quotaDomain, limits: rules })
            }
          />
        </>
      ) : (
        closest.length > 0 && <p>{limitWords(closest, format.number)}</p>
      )}
    </section>
  );
}

/** More models are shown on request, the tightest first. */
const SHOWN_MODELS = 3;

function LimitsInUse({ inUse }: { readonly inUse: KeyLimitsInUse }) {
  const t = useTranslations("keys.limits");
  const [showsAll, setShowsAll] = useState(false);
  const sorted = inUse.toSorted((a, b) => leftOf(a.limits) - leftOf(b.limits));
  const shown = showsAll ? sorted : sorted.slice(0, SHOWN_MODELS);
  const format = useFormatter();
  const modelName = useModelName();
  const usd = (nanoUsd: number) => formatUsd(nanoUsd / NANO_PER_USD);
  const limit = ({ unit, windowMs, limit: count }: KnownLimit) => {
    if (unit === "concurrent") return t("amount.concurrent", { count });
    if (unit === "usd") {
      return t(windowMs === null ? "amount.usdMonth" : "amount.usdDay", { amount: usd(count) });
    }
    const span = windowMs === MINUTE_MS ? "minute" : windowMs === DAY_MS ? "day" : "window";
    return t(`amount.${unit}.${windowMs === null ? "unknown" : span}`, {
      count,
      seconds: Math.round((windowMs ?? 0) / 1000),
    });
  };
  return (
    <div className="overflow-x-auto rounded-lg border">
      <Table aria-label={t("inUse")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead>{t("limit")}</TableHead>
            <TableHead className="text-right">{t("left")}</TableHead>
            <TableHead>{t("source")}</TableHead>
          </TableRow>
        </TableHeader>
        {shown.map(({ model, limits }) => (
          <TableBody key={model} className="border-t">
            <TableRow className="hover:bg-transparent">
              <TableHead colSpan={3} scope="rowgroup" className="h-8 font-mono text-xs">
                {modelName(model)}
              </TableHead>
            </TableRow>
            {limits.map((each) => (
              <TableRow
                key={`${each.source} ${each.unit} ${each.windowMs} ${each.limit}`}
                className="hover:bg-transparent"
              >
                <TableCell>{limit(each)}</TableCell>
                <TableCell className="text-right tabular-nums">
                  {each.unit === "usd" ? usd(each.left) : format.number(each.left)}
                </TableCell>
                <TableCell className="whitespace-normal">
                  {each.learntFrom === undefined
                    ? t(`sources.${each.source}`)
                    : t(`learntFrom.${each.learntFrom}`)}
                  {each.isProbed === true && (
                    <span className="text-muted-foreground block text-xs">{t("isProbed")}</span>
                  )}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        ))}
      </Table>
      <div className="text-muted-foreground space-y-1 border-t px-3 py-2 text-xs">
        {shown.length < sorted.length && (
          <Button
            variant="link"
            size="sm"
            className="h-auto p-0 text-xs"
            onClick={() => setShowsAll(true)}
          >
            {t("more", { count: sorted.length - shown.length })}
          </Button>
        )}
        <p>{t("inUseHint")}</p>
      </div>
    </div>
  );
}

/** The share that is left of the tightest limit. */
function leftOf(limits: readonly KnownLimit[]): number {
  return Math.min(...limits.map(({ left, limit }) => left / limit));
}

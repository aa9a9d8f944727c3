"use client";

import { Ban, CircleCheck, Clock } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { formatDuration, formatShare, formatUsd } from "@/components/format";
import { Badge } from "@/components/ui/badge";
import type { ExplainedRoute, ExplainedTarget } from "@/lib/runtime/explain-route";
import { cn } from "@/lib/utils";

/** Each target with what decides: whether it fits, its keys, its wait, its price. */
export function ExplainedTargets({ route }: { readonly route: ExplainedRoute }) {
  const t = useTranslations("routes.try");
  const { choice, targets } = route;
  const isServed = targets.some(({ share }) => share > 0);
  return (
    <div className="rounded-lg border">
      <p className="border-b px-4 py-3 font-medium">
        {!isServed ? t("nobody") : choice === "weighted" ? t("byWeight") : t("goesTo")}
      </p>
      <ol aria-label={t("targets")} className="divide-y">
        {targets.map((target, index) => (
          <TargetRow
            key={`${target.provider}/${target.model}`}
            target={target}
            marker={choice === "weighted" ? formatShare(target.share) : `${index + 1}.`}
            atMs={route.atMs}
          />
        ))}
      </ol>
    </div>
  );
}

function TargetRow({
  target,
  marker,
  atMs,
}: {
  readonly target: ExplainedTarget;
  /** Its position, or its share of the requests. */
  readonly marker: string;
  readonly atMs: number;
}) {
  const t = useTranslations("routes.try");
  const format = useFormatter();
  const { provider, label, model, passedOver, isBraked, availability, price, share } = target;
  const { keys, ready, readyAtMs } = availability;
  const waitMs = readyAtMs === null ? null : Math.max(0, readyAtMs - atMs);
  const state =
    passedOver !== null || keys === 0 ? "out" : isBraked || ready === 0 ? "waits" : "ready";
  const Icon = { out: Ban, waits: Clock, ready: CircleCheck }[state];
  const colour = { out: "text-blocked", waits: "text-cooling", ready: "text-ready" }[state];
  const why =
    passedOver !== null
      ? t(`passedOver.${passedOver}`)
      : isBraked
        ? t("braked")
        : keys === 0
          ? t("noKeys")
          : ready === 0
            ? t("waits", { keys, wait: formatDuration(waitMs) })
            : t("ready", { ready, keys });
  const atCap = (availability.atCap ?? []).map((cap) =>
    t(`atCap.${cap.kind}`, {
      keys: cap.keys,
      time: format.dateTime(cap.readyAtMs, { dateStyle: "short", timeStyle: "short" }),
    }),
  );
  return (
    <li
      className={cn(
        "grid grid-cols-[2.5rem_minmax(0,1fr)] items-start gap-x-2 gap-y-1 px-4 py-3 sm:grid-cols-[2.5rem_minmax(0,1fr)_auto]",
        share > 0 && "bg-accent/40",
      )}
    >
      <span className="text-muted-foreground text-right text-xs leading-6 tabular-nums">
        {marker}
      </span>
      <div className="min-w-0">
        <p>
          {label ?? provider} <span className="font-mono text-[13px] wrap-anywhere">{model}</span>
        </p>
        <p className="flex items-start gap-1.5 text-sm tabular-nums">
          <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", colour)} />
          <span className="min-w-0">
            {[why, ...atCap].join(" · ")}
            <span className="text-muted-foreground">
              {" · "}
              {price === null
                ? t("noPrice")
                : t("price", {
                    input: formatUsd(price.inputUsd),
                    output: formatUsd(price.outputUsd),
                  })}
            </span>
          </span>
        </p>
      </div>
      {share > 0 && (
        <Badge variant="secondary" className="col-start-2 sm:col-start-3">
          {t("chosen")}
        </Badge>
      )}
    </li>
  );
}

"use client";

import { Gauge } from "lucide-react";
import dynamic from "next/dynamic";
import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { ProviderLimits as Limits } from "@/lib/manage/limits/read-provider-limits";
import { limitWords } from "./limit-words";

const LimitsDialog = dynamic(
  () => import("./limits-dialog").then(({ LimitsDialog }) => LimitsDialog),
  { ssr: false },
);

/** Configured limits of a provider's keys, one line each; admins can change them. */
export function ProviderLimits({
  provider,
  label,
  limits,
  isAdmin,
}: {
  readonly provider: string;
  readonly label: string;
  readonly limits: Limits;
  readonly isAdmin: boolean;
}) {
  const t = useTranslations("keys.limits");
  const format = useFormatter();
  const [isOpen, setIsOpen] = useState(false);
  const set = [
    { name: null, limits: limits.provider },
    ...limits.domains.map(({ name, limits: rules }) => ({ name, limits: rules })),
  ].filter((scope) => scope.limits.length > 0);
  if (set.length === 0 && !isAdmin) return null;
  return (
    <section
      aria-label={t("title")}
      className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 rounded-lg border px-4 py-3"
    >
      <div className="min-w-0 flex-1 basis-60 space-y-1">
        <h2 className="font-medium">{t("title")}</h2>
        {set.length === 0 && <p className="text-muted-foreground">{t("noneSet")}</p>}
        {set.map((scope) => (
          <p key={scope.name ?? ""} className="text-muted-foreground break-words">
            {scope.name === null ? t("eachKey") : t("ofDomain", { domain: scope.name })}{" "}
            <span className="text-foreground tabular-nums">
              {limitWords(scope.limits, format.number)}
            </span>
          </p>
        ))}
      </div>
      {isAdmin && (
        <Button variant="outline" size="sm" onClick={() => setIsOpen(true)}>
          <Gauge aria-hidden />
          {t("set")}
        </Button>
      )}
      {isOpen && (
        <LimitsDialog
          provider={provider}
          label={label}
          limits={limits}
          onClose={() => setIsOpen(false)}
        />
      )}
    </section>
  );
}

"use client";

import { useTranslations } from "next-intl";

/** The models that a key may serve: the first one and how many more. */
export function ModelNames({ models }: { readonly models: readonly string[] | null }) {
  const t = useTranslations("keys.models");
  const [first, ...others] = models ?? [];
  if (first === undefined) return <span className="text-muted-foreground">{t("all")}</span>;
  return (
    <span className="block max-w-40 truncate" title={models?.join("\n")}>
      {others.length === 0 ? first : t("more", { first, count: others.length })}
    </span>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useFormContext } from "react-hook-form";
import { formatExactCount, formatUsd } from "@/components/format";
import type { LimitForm } from "@/components/limits/limit-form";
import {
  FormControl,
  FormDescription,
  FormField,
  FormItem,
  FormLabel,
  FormMessage,
} from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import { type LimitCeilings, TOKEN_LIMITS, type TokenLimit } from "@/lib/usage/token-limits";

/** A field for each limit, in a form that includes them. */
export function LimitInputs({
  ceilings = null,
}: {
  /** Maximum limits. */
  readonly ceilings?: LimitCeilings | null;
}) {
  const t = useTranslations("limits");
  const { control } = useFormContext<LimitForm>();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {TOKEN_LIMITS.map((name) => (
        <FormField
          key={name}
          control={control}
          name={name}
          render={({ field }) => (
            <FormItem className="content-start">
              <FormLabel>{t(`name.${name}`)}</FormLabel>
              <FormControl>
                <Input
                  {...field}
                  inputMode={name.endsWith("Usd") ? "decimal" : "numeric"}
                  autoComplete="off"
                  placeholder={t("none")}
                />
              </FormControl>
              <Ceiling name={name} ceiling={ceilings?.[name]} />
              <FormMessage />
            </FormItem>
          )}
        />
      ))}
    </div>
  );
}

function Ceiling({
  name,
  ceiling,
}: {
  readonly name: TokenLimit;
  readonly ceiling: number | undefined;
}) {
  const t = useTranslations("limits");
  if (ceiling === undefined) return null;
  const amount = name.endsWith("Usd") ? formatUsd(ceiling) : formatExactCount(ceiling);
  return <FormDescription>{t("ceiling", { amount })}</FormDescription>;
}

"use client";

import { useTranslations } from "next-intl";
import { useFormContext } from "react-hook-form";
import { SelectField } from "@/components/form/select-field";
import type { TokenForm } from "@/components/tokens/token-form";
import {
  FormControl,
  FormDescription,
  FormField,
  FormItem,
  FormLabel,
  FormMessage,
} from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import { PRIORITY_CLASSES } from "@/lib/usage/token-limits";

/** Settings that only admins can change: how a token shares the pool with others, and the cost of unpriced models. */
export function ShareFields() {
  const t = useTranslations("tokens.form.share");
  const { control } = useFormContext<TokenForm>();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        control={control}
        name="priorityClass"
        label={t("class")}
        className="content-start"
        choices={PRIORITY_CLASSES.map((value) => ({ value, label: t(`classes.${value}`) }))}
        description={t("classHelp")}
      />
      <FormField
        control={control}
        name="weight"
        render={({ field }) => (
          <FormItem className="content-start">
            <FormLabel>{t("weight")}</FormLabel>
            <FormControl>
              <Input {...field} inputMode="numeric" autoComplete="off" />
            </FormControl>
            <FormDescription>{t("weightHelp")}</FormDescription>
            <FormMessage />
          </FormItem>
        )}
      />
      <FormField
        control={control}
        name="maxWaitSeconds"
        render={({ field }) => (
          <FormItem className="content-start">
            <FormLabel>{t("maxWait")}</FormLabel>
            <FormControl>
              <Input {...field} inputMode="numeric" autoComplete="off" placeholder="10" />
            </FormControl>
            <FormDescription>{t("maxWaitHelp")}</FormDescription>
            <FormMessage />
          </FormItem>
        )}
      />
      <FormField
        control={control}
        name="unpricedReserveUsd"
        render={({ field }) => (
          <FormItem className="content-start">
            <FormLabel>{t("reserve")}</FormLabel>
            <FormControl>
              <Input {...field} inputMode="decimal" autoComplete="off" />
            </FormControl>
            <FormDescription>{t("reserveHelp")}</FormDescription>
            <FormMessage />
          </FormItem>
        )}
      />
    </div>
  );
}

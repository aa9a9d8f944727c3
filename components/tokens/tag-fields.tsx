"use client";

import { useTranslations } from "next-intl";
import { useFormContext } from "react-hook-form";
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

/** What only admins set about the tags of a token's requests. */
export function TagFields() {
  const t = useTranslations("tokens.form.tags");
  const { control } = useFormContext<TokenForm>();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {(["fixedTags", "requiredTags"] as const).map((name) => (
        <FormField
          key={name}
          control={control}
          name={name}
          render={({ field }) => (
            <FormItem className="content-start">
              <FormLabel>{t(name)}</FormLabel>
              <FormControl>
                <Input {...field} autoComplete="off" placeholder={t(`${name}Placeholder`)} />
              </FormControl>
              <FormDescription>{t(`${name}Help`)}</FormDescription>
              <FormMessage />
            </FormItem>
          )}
        />
      ))}
    </div>
  );
}

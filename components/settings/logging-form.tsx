"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { Controller, useForm } from "react-hook-form";
import { Label } from "@/components/ui/label";
import { RadioGroup } from "@/components/ui/radio-group";
import { Switch } from "@/components/ui/switch";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { RadioRow } from "./radio-row";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

const REQUESTS = ["all", "sampled", "problems", "none"] as const;

/** What the request log records. */
export function LoggingForm({ settings }: { readonly settings: Settings["logging"] }) {
  const t = useTranslations("settings.logging");
  const id = useId();
  const form = useForm({ defaultValues: settings });
  const { isDirty, isSubmitting } = form.formState;

  const { save, wasSaved, notice } = useSectionSave({
    section: "logging",
    read: settings,
    form,
    pick: ({ logging }) => logging,
    toForm: (fields) => fields,
    labelOf: (name) => t(name),
  });

  return (
    <form className="space-y-5" onSubmit={form.handleSubmit(save)}>
      <Controller
        control={form.control}
        name="requests"
        render={({ field: { value, onChange } }) => (
          <RadioGroup aria-label={t("requests")} value={value} onValueChange={onChange}>
            {REQUESTS.map((each) => (
              <RadioRow key={each} value={each} label={t(each)} hint={t(`${each}Hint`)} />
            ))}
          </RadioGroup>
        )}
      />
      <Controller
        control={form.control}
        name="errorWords"
        render={({ field: { value, onChange } }) => (
          <div className="flex gap-3">
            <Switch
              id={id}
              className="mt-0.5"
              aria-describedby={`${id}-hint`}
              checked={value}
              onCheckedChange={onChange}
            />
            <div className="space-y-1">
              <Label htmlFor={id}>{t("errorWords")}</Label>
              <p id={`${id}-hint`} className="text-muted-foreground text-sm">
                {t("errorWordsHint")}
              </p>
            </div>
          </div>
        )}
      />
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

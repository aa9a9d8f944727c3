"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { Controller, useForm } from "react-hook-form";
import { RadioGroup } from "@/components/ui/radio-group";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { RadioRow } from "./radio-row";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

const LANGUAGES = ["auto", "en", "zh"] as const;
const THEMES = ["system", "light", "dark"] as const;

/** Language and theme for people without their own choice. */
export function AppearanceForm({ settings }: { readonly settings: Settings["appearance"] }) {
  const t = useTranslations("settings.appearance");
  const id = useId();
  const form = useForm({ defaultValues: settings });
  const { isDirty, isSubmitting } = form.formState;

  const { save, wasSaved, notice } = useSectionSave({
    section: "appearance",
    read: settings,
    form,
    pick: ({ appearance }) => appearance,
    toForm: (fields) => fields,
    labelOf: (name) => t(name),
  });

  return (
    <form className="space-y-6" onSubmit={form.handleSubmit(save)}>
      <div className="grid gap-6 sm:grid-cols-2">
        <div className="space-y-3">
          <h3 id={`${id}-language`} className="text-sm font-medium">
            {t("language")}
          </h3>
          <Controller
            control={form.control}
            name="language"
            render={({ field: { value, onChange } }) => (
              <RadioGroup aria-labelledby={`${id}-language`} value={value} onValueChange={onChange}>
                {LANGUAGES.map((each) => (
                  <RadioRow key={each} value={each} label={t(`languages.${each}`)} />
                ))}
              </RadioGroup>
            )}
          />
        </div>
        <div className="space-y-3">
          <h3 id={`${id}-theme`} className="text-sm font-medium">
            {t("theme")}
          </h3>
          <Controller
            control={form.control}
            name="theme"
            render={({ field: { value, onChange } }) => (
              <RadioGroup aria-labelledby={`${id}-theme`} value={value} onValueChange={onChange}>
                {THEMES.map((each) => (
                  <RadioRow key={each} value={each} label={t(`themes.${each}`)} />
                ))}
              </RadioGroup>
            )}
          />
        </div>
      </div>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

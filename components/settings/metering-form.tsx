"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { MOST_ROWS_A_DAY } from "@/lib/manage/settings/settings-limits";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { loadResolvers } from "./load-resolvers";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

/** How many rows metering may write per day. */
export function MeteringForm({ settings }: { readonly settings: Settings["metering"] }) {
  const t = useTranslations("settings.metering");
  const id = useId();
  const form = useForm({
    defaultValues: settings,
    resolver: async (...asked) => (await loadResolvers()).meteringResolver(...asked),
  });
  const { errors, isDirty, isSubmitting } = form.formState;
  const message = errors.dailyRowBudget && t("range", { max: MOST_ROWS_A_DAY });

  const { save, wasSaved, notice } = useSectionSave({
    section: "metering",
    read: settings,
    form,
    pick: ({ metering }) => metering,
    toForm: (fields) => fields,
    labelOf: (name) => t(name),
  });

  return (
    <form noValidate className="space-y-5" onSubmit={form.handleSubmit(save)}>
      <div className="grid gap-2">
        <Label htmlFor={id}>{t("dailyRowBudget")}</Label>
        <Input
          id={id}
          type="number"
          inputMode="numeric"
          min={0}
          max={MOST_ROWS_A_DAY}
          className="w-40 text-right tabular-nums"
          aria-invalid={message !== undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          {...form.register("dailyRowBudget", { valueAsNumber: true })}
        />
        <p id={`${id}-hint`} className="text-muted-foreground text-xs">
          {t("hint")}
        </p>
        <FieldError id={`${id}-error`} message={message} />
      </div>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { type FieldError as FormFieldError, useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { LONGEST_DAYS } from "@/lib/manage/settings/settings-limits";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { loadResolvers } from "./load-resolvers";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

const FIELDS = [
  "requestLogDays",
  "hourlyDays",
  "dailyDays",
  "keyEventDays",
  "auditDays",
] as const satisfies readonly (keyof Settings["retention"])[];

/** How long records are kept. */
export function RetentionForm({ settings }: { readonly settings: Settings["retention"] }) {
  const t = useTranslations("settings.retention");
  const id = useId();
  const form = useForm({
    defaultValues: settings,
    resolver: async (...asked) => (await loadResolvers()).retentionResolver(...asked),
  });
  const { errors, isDirty, isSubmitting } = form.formState;

  const { save, wasSaved, notice } = useSectionSave({
    section: "retention",
    read: settings,
    form,
    pick: ({ retention }) => retention,
    toForm: (fields) => fields,
    labelOf: (name) => t(name),
  });

  /** The only rule between two fields is the schema's own; every other error is about one number. */
  function wordsFor(name: (typeof FIELDS)[number], error: FormFieldError | undefined) {
    if (error === undefined) return undefined;
    return error.type === "custom" ? t("dailyTooShort") : t("range", { max: LONGEST_DAYS[name] });
  }

  return (
    <form noValidate className="space-y-5" onSubmit={form.handleSubmit(save)}>
      <div className="grid gap-4 sm:grid-cols-3 sm:items-start">
        {FIELDS.map((name) => {
          const message = wordsFor(name, errors[name]);
          return (
            <div key={name} className="grid gap-2">
              <Label htmlFor={`${id}-${name}`}>{t(name)}</Label>
              <div className="flex items-center gap-2">
                <Input
                  id={`${id}-${name}`}
                  type="number"
                  inputMode="numeric"
                  min={1}
                  max={LONGEST_DAYS[name]}
                  className="w-24 text-right tabular-nums"
                  aria-invalid={message !== undefined}
                  aria-describedby={`${id}-${name}-unit ${id}-${name}-error`}
                  {...form.register(name, { valueAsNumber: true })}
                />
                <span id={`${id}-${name}-unit`} className="text-muted-foreground text-sm">
                  {t("days")}
                </span>
              </div>
              <FieldError id={`${id}-${name}-error`} message={message} />
            </div>
          );
        })}
      </div>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

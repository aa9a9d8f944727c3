"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { MOST_READY_KEYS } from "@/lib/manage/settings/settings-limits";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { loadResolvers } from "../load-resolvers";
import { SaveBar } from "../save-bar";
import { useSectionSave } from "../use-section-save";

const FIELDS = [
  { name: "readyKeysBelow", max: MOST_READY_KEYS },
  { name: "quietFromHour", max: 23 },
  { name: "quietToHour", max: 23 },
] as const;

type AlertTimes = Pick<Settings["alerts"], (typeof FIELDS)[number]["name"]>;

/** When alerts are raised, and when they wait. */
export function AlertsForm({ settings }: { readonly settings: AlertTimes }) {
  const t = useTranslations("settings.alerts");
  const id = useId();
  const form = useForm({
    defaultValues: timesOf(settings),
    resolver: async (...asked) => (await loadResolvers()).alertTimesResolver(...asked),
  });
  const { errors, isDirty, isSubmitting } = form.formState;

  const { save, wasSaved, notice } = useSectionSave({
    section: "alerts",
    read: timesOf(settings),
    form,
    pick: ({ alerts }) => timesOf(alerts),
    toForm: (fields) => fields,
    labelOf: (name) => t(name),
  });

  return (
    <form noValidate className="space-y-5" onSubmit={form.handleSubmit(save)}>
      <div className="grid gap-4 sm:grid-cols-3 sm:items-start">
        {FIELDS.map(({ name, max }) => {
          const message = errors[name] && t("range", { max });
          return (
            <div key={name} className="grid gap-2">
              <Label htmlFor={`${id}-${name}`}>{t(name)}</Label>
              <Input
                id={`${id}-${name}`}
                type="number"
                inputMode="numeric"
                min={0}
                max={max}
                className="w-24 text-right tabular-nums"
                aria-invalid={message !== undefined}
                aria-describedby={`${id}-hint ${id}-${name}-error`}
                {...form.register(name, { valueAsNumber: true })}
              />
              <FieldError id={`${id}-${name}-error`} message={message} />
            </div>
          );
        })}
      </div>
      <p id={`${id}-hint`} className="text-muted-foreground text-sm">
        {t("quietHint")}
      </p>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

function timesOf({ readyKeysBelow, quietFromHour, quietToHour }: AlertTimes) {
  return { readyKeysBelow, quietFromHour, quietToHour };
}

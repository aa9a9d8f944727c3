"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { Controller, useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { MOST_READY_KEYS, SLOWEST_SECONDS } from "@/lib/manage/settings/settings-limits";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { loadResolvers } from "../load-resolvers";
import { SaveBar } from "../save-bar";
import { useSectionSave } from "../use-section-save";

const THRESHOLDS = [
  { name: "readyKeysBelow", max: MOST_READY_KEYS },
  { name: "errorsAbove", max: 100 },
  { name: "slowerThan", max: SLOWEST_SECONDS },
] as const;

const HOURS = [
  { name: "quietFromHour", max: 23 },
  { name: "quietToHour", max: 23 },
] as const;

type Muted = Settings["alerts"]["muted"][number];

/** In the order of their explanation. */
const CHOICES = [
  "key_blocked",
  "quota_dry",
  "incidents",
  "budget_used",
  "writes_used",
] as const satisfies readonly Muted[];

type AlertRules = Pick<
  Settings["alerts"],
  (typeof THRESHOLDS)[number]["name"] | (typeof HOURS)[number]["name"] | "muted"
>;

/** The form's own list can be changed. */
type AlertFields = Omit<AlertRules, "muted"> & { muted: Muted[] };

/** What is reported, and when it waits. */
export function AlertsForm({ settings }: { readonly settings: AlertRules }) {
  const t = useTranslations("settings.alerts");
  const id = useId();
  const form = useForm<AlertFields>({
    defaultValues: fieldsOf(settings),
    resolver: async (...asked) => (await loadResolvers()).alertTimesResolver(...asked),
  });
  const { errors, isDirty, isSubmitting } = form.formState;

  const { save, wasSaved, notice } = useSectionSave({
    section: "alerts",
    read: rulesOf(settings),
    form,
    pick: ({ alerts }) => rulesOf(alerts),
    toForm: fieldsOf,
    labelOf: (name) => (name === "muted" ? t("wanted") : t(name)),
    textOf: (value) => {
      if (!Array.isArray(value)) return value === undefined ? null : String(value);
      return CHOICES.filter((choice) => !value.includes(choice))
        .map((choice) => t(`choices.${choice}`))
        .join(", ");
    },
  });

  const numberField = ({ name, max }: (typeof THRESHOLDS | typeof HOURS)[number]) => {
    const message = errors[name] && t("range", { max });
    return (
      <div key={name} className="grid content-start gap-2">
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
  };

  return (
    <form noValidate className="space-y-6" onSubmit={form.handleSubmit(save)}>
      <fieldset>
        <legend className="mb-3 text-sm font-medium">{t("wanted")}</legend>
        <Controller
          control={form.control}
          name="muted"
          render={({ field }) => (
            <div className="grid gap-x-6 sm:grid-cols-2">
              {CHOICES.map((choice) => (
                <div key={choice} className="flex min-h-10 items-center gap-2">
                  <Checkbox
                    id={`${id}-${choice}`}
                    checked={!field.value.includes(choice)}
                    onCheckedChange={(isWanted) =>
                      field.onChange(
                        CHOICES.filter((each) =>
                          each === choice ? isWanted !== true : field.value.includes(each),
                        ),
                      )
                    }
                  />
                  <Label htmlFor={`${id}-${choice}`} className="font-normal">
                    {t(`choices.${choice}`)}
                  </Label>
                </div>
              ))}
            </div>
          )}
        />
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-3 sm:items-start">{THRESHOLDS.map(numberField)}</div>
      <div className="grid gap-4 sm:grid-cols-3 sm:items-start">{HOURS.map(numberField)}</div>
      <p id={`${id}-hint`} className="text-muted-foreground max-w-prose text-sm">
        {t("quietHint")}
      </p>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

function rulesOf(alerts: AlertRules): AlertRules {
  const { readyKeysBelow, errorsAbove, slowerThan, muted, quietFromHour, quietToHour } = alerts;
  return { readyKeysBelow, errorsAbove, slowerThan, muted, quietFromHour, quietToHour };
}

function fieldsOf(alerts: AlertRules): AlertFields {
  const rules = rulesOf(alerts);
  return { ...rules, muted: CHOICES.filter((choice) => rules.muted.includes(choice)) };
}

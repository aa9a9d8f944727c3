"use client";

import { useTranslations } from "next-intl";
import { useEffect, useId } from "react";
import { Controller, type FieldErrors, useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { Button } from "@/components/ui/button";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import type { KeySettingsInput } from "@/lib/manage/schemas";
import { cn } from "@/lib/utils";
import { useKeyChanges } from "../bulk/use-key-changes";
import { SettingInput, SettingLabel } from "./setting-input";
import {
  NUMBER_FIELDS,
  readSetting,
  SETTING_FIELDS,
  type SettingTexts,
  toTexts,
} from "./settings-form";
import { useSettingFields } from "./use-setting-fields";

/** Changes one key's settings: those that were edited. */
export function KeySettingsForm({ view }: { readonly view: ProviderKeyView }) {
  const t = useTranslations("keys");
  const tCommon = useTranslations("common");
  const id = useId();
  const fields = useSettingFields();
  const { change, isBusy } = useKeyChanges();
  const { control, handleSubmit, formState, reset } = useForm<SettingTexts>({
    defaultValues: toTexts(view),
    resolver: async (values) => {
      const wrong = SETTING_FIELDS.filter((field) => readSetting(field, values[field]) === null);
      if (wrong.length === 0) return { values, errors: {} };
      const errors: FieldErrors<SettingTexts> = Object.fromEntries(
        wrong.map((field) => [field, { type: "value", message: t(`fieldWrong.${field}`) }]),
      );
      return { values: {}, errors };
    },
  });
  const { dirtyFields, isDirty, errors } = formState;

  // The fields start from what was saved, undone, or changed by someone else.
  const stored = JSON.stringify(toTexts(view));
  useEffect(() => reset(JSON.parse(stored)), [reset, stored]);

  async function save(texts: SettingTexts) {
    const touched = SETTING_FIELDS.filter((field) => dirtyFields[field]);
    const settings: KeySettingsInput = {};
    for (const field of touched) Object.assign(settings, readSetting(field, texts[field]));
    await change({ ids: [view.id] }, { kind: "set", settings });
  }

  return (
    <form onSubmit={handleSubmit(save)} noValidate className="space-y-4">
      <h3 className="font-medium">{t("detail.settings")}</h3>
      <div className="grid grid-cols-2 gap-4">
        {fields.map((field) => {
          const message = errors[field]?.message;
          const isNarrow = NUMBER_FIELDS.has(field);
          return (
            <div key={field} className={cn("space-y-2", isNarrow ? "col-span-1" : "col-span-2")}>
              <SettingLabel field={field} id={`${id}-${field}`} />
              <Controller
                control={control}
                name={field}
                render={({ field: { ref: _, ...input } }) => (
                  <SettingInput
                    field={field}
                    id={`${id}-${field}`}
                    aria-invalid={message !== undefined}
                    aria-describedby={`${id}-${field}-hint ${id}-${field}-error`}
                    {...input}
                  />
                )}
              />
              <p id={`${id}-${field}-hint`} className="text-muted-foreground text-xs">
                {t(`fieldHint.${field}`)}
              </p>
              <FieldError id={`${id}-${field}-error`} message={message} />
            </div>
          );
        })}
      </div>
      <Button type="submit" size="sm" disabled={!isDirty || isBusy}>
        {tCommon("save")}
      </Button>
    </form>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { changeSettings } from "@/app/(portal)/settings/actions";
import { Label } from "@/components/ui/label";
import { RadioGroup } from "@/components/ui/radio-group";
import { Switch } from "@/components/ui/switch";
import type { Settings } from "@/lib/manage/settings-schema";
import { RadioRow } from "./radio-row";
import { SaveBar } from "./save-bar";
import { useFailureToast } from "./use-failure-toast";

const REQUESTS = ["all", "sampled", "problems", "none"] as const;

/** What the request log keeps. */
export function LoggingForm({ settings }: { readonly settings: Settings["logging"] }) {
  const t = useTranslations("settings.logging");
  const id = useId();
  const showFailure = useFailureToast();
  const [wasSaved, setWasSaved] = useState(false);
  const form = useForm({ defaultValues: settings });
  const { isDirty, isSubmitting } = form.formState;

  const save = form.handleSubmit(async (changes) => {
    const answer = await changeSettings({ section: "logging", changes });
    if (answer.ok) form.reset(answer.data.logging);
    else showFailure(answer);
    setWasSaved(answer.ok);
  });

  return (
    <form className="space-y-5" onSubmit={save}>
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
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

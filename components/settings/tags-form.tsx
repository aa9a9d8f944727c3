"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { isTagName } from "@/lib/tags/tags";
import { MAX_ROLLED_UP_TAGS, MAX_TAG_VALUES } from "@/lib/usage/rollup";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

type Tags = Pick<Settings["tags"], "rollUp">;

/** The tags that usage is counted by. */
export function TagsForm({ settings }: { readonly settings: Tags }) {
  const t = useTranslations("settings.tags");
  const id = useId();
  const toForm = ({ rollUp }: Tags) => ({ rollUp: rollUp.join(", ") });
  const form = useForm({ defaultValues: toForm(settings) });
  const { errors, isDirty, isSubmitting } = form.formState;
  const { save, wasSaved, notice } = useSectionSave({
    section: "tags",
    read: { rollUp: settings.rollUp },
    form,
    pick: ({ tags }) => tags,
    toForm,
    labelOf: (name) => t(name),
    textOf: (value) => (Array.isArray(value) ? value.join(", ") : null),
  });

  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={form.handleSubmit(({ rollUp }) => save({ rollUp: namesIn(rollUp) }))}
    >
      <div className="grid gap-2">
        <Label htmlFor={id}>{t("rollUp")}</Label>
        <Input
          id={id}
          autoComplete="off"
          placeholder={t("placeholder")}
          className="max-w-md"
          aria-invalid={errors.rollUp !== undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          {...form.register("rollUp", { validate: isValid })}
        />
        <p id={`${id}-hint`} className="text-muted-foreground max-w-prose text-xs">
          {t("hint", { max: MAX_ROLLED_UP_TAGS, values: MAX_TAG_VALUES })}
        </p>
        <FieldError
          id={`${id}-error`}
          message={errors.rollUp && t("invalid", { max: MAX_ROLLED_UP_TAGS })}
        />
      </div>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

/** Each once, without empty ones. */
function namesIn(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== "");
}

function isValid(text: string): boolean {
  const names = namesIn(text);
  return names.length <= MAX_ROLLED_UP_TAGS && names.every(isTagName);
}

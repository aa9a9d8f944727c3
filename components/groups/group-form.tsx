"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { Controller, type UseFormReturn } from "react-hook-form";
import { FormFailure } from "@/components/form/form-failure";
import { TextField } from "@/components/form/text-field";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";
import type { GroupFields } from "./group-fields";

/** The fields of a new group and of a changed one. */
export function GroupForm({
  form,
  notice,
  submitLabel,
  onSubmit,
}: {
  readonly form: UseFormReturn<GroupFields>;
  /** Above the button. */
  readonly notice?: React.ReactNode;
  readonly submitLabel: string;
  readonly onSubmit: (fields: GroupFields) => Promise<void>;
}) {
  const t = useTranslations("groups.form");
  const id = useId();
  const { errors, isSubmitting } = form.formState;
  return (
    <Form {...form}>
      <form onSubmit={form.handleSubmit(onSubmit)} noValidate className="space-y-5">
        <TextField
          control={form.control}
          name="name"
          label={t("name")}
          invalid={t("nameWrong")}
          autoComplete="off"
        />
        <Controller
          control={form.control}
          name="usesCommonKeys"
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
                <Label htmlFor={id}>{t("common")}</Label>
                <p id={`${id}-hint`} className="text-muted-foreground text-sm">
                  {t("commonHint")}
                </p>
              </div>
            </div>
          )}
        />
        <TextField
          control={form.control}
          name="weight"
          label={t("weight")}
          description={t("weightHint")}
          invalid={t("weightWrong")}
          autoComplete="off"
        />
        {notice}
        <FormFailure>{errors.root?.message ?? null}</FormFailure>
        <DialogFooter>
          <Button type="submit" disabled={isSubmitting}>
            {submitLabel}
          </Button>
        </DialogFooter>
      </form>
    </Form>
  );
}

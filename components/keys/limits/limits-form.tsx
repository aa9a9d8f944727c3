"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useMemo } from "react";
import { useFieldArray, useForm } from "react-hook-form";
import { z } from "zod";
import { FieldError } from "@/components/form/field-error";
import { Button } from "@/components/ui/button";
import {
  Form,
  FormControl,
  FormField,
  FormItem,
  FormLabel,
  FormMessage,
} from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import { type LimitRuleInput, limitRulesSchema } from "@/lib/manage/limits/limit-rules-schema";
import type { LimitRule } from "@/lib/pool/types";

type Fields = { rules: z.input<ReturnType<typeof limitRulesSchema>> };

const COUNTS = ["rpm", "tpm", "dailyRequests"] as const;
const NEW_RULE = { model: "*", rpm: null, tpm: null, dailyRequests: null };

/** Limits by model, as rows, saved together. */
export function LimitsForm({
  rules,
  submitLabel,
  isBusy,
  onSave,
}: {
  readonly rules: readonly LimitRule[];
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly onSave: (rules: LimitRuleInput[]) => void;
}) {
  const t = useTranslations("keys.limits");
  const schema = useMemo(
    () => z.object({ rules: limitRulesSchema((problem) => t(`problem.${problem}`)) }),
    [t],
  );
  const form = useForm<Fields, unknown, { rules: LimitRuleInput[] }>({
    resolver: zodResolver(schema),
    defaultValues: { rules: [...rules] },
  });
  const rows = useFieldArray({ control: form.control, name: "rules" });
  const { errors, isDirty } = form.formState;

  // The rows start from what was saved, undone, or changed by someone else.
  const stored = JSON.stringify(rules);
  useEffect(() => form.reset({ rules: JSON.parse(stored) }), [form.reset, stored]);

  return (
    <Form {...form}>
      <form
        noValidate
        className="space-y-3"
        onSubmit={form.handleSubmit((values) => onSave(values.rules))}
      >
        {rows.fields.length === 0 && <p className="text-muted-foreground">{t("none")}</p>}
        <ol className="space-y-3">
          {rows.fields.map((row, index) => (
            <li key={row.id}>
              <fieldset className="grid grid-cols-[1fr_auto] gap-x-2 gap-y-3 rounded-lg border p-3">
                <legend className="sr-only">{t("rule", { number: index + 1 })}</legend>
                <FormField
                  control={form.control}
                  name={`rules.${index}.model`}
                  render={({ field }) => (
                    <FormItem>
                      <FormLabel className="font-normal">{t("model")}</FormLabel>
                      <FormControl>
                        <Input
                          autoComplete="off"
                          spellCheck={false}
                          className="font-mono"
                          {...field}
                        />
                      </FormControl>
                      <FormMessage />
                    </FormItem>
                  )}
                />
                <Button
                  type="button"
                  variant="ghost"
                  size="icon"
                  className="mt-[1.375rem]"
                  aria-label={t("remove", { number: index + 1 })}
                  onClick={() => rows.remove(index)}
                >
                  <Trash2 aria-hidden />
                </Button>
                <div className="col-span-2 grid grid-cols-[4fr_5fr_4fr] gap-3 sm:items-start">
                  {COUNTS.map((count) => (
                    <FormField
                      key={count}
                      control={form.control}
                      name={`rules.${index}.${count}`}
                      render={({ field: { value, onChange, ...field } }) => (
                        <FormItem>
                          <FormLabel className="font-normal">{t(count)}</FormLabel>
                          <FormControl>
                            <Input
                              type="number"
                              inputMode="numeric"
                              min={1}
                              placeholder="∞"
                              className="px-2 text-right tabular-nums [appearance:textfield] [&::-webkit-inner-spin-button]:appearance-none"
                              {...field}
                              value={value ?? ""}
                              onChange={({ target }) =>
                                onChange(target.value === "" ? null : Number(target.value))
                              }
                            />
                          </FormControl>
                          <FormMessage />
                        </FormItem>
                      )}
                    />
                  ))}
                </div>
              </fieldset>
            </li>
          ))}
        </ol>
        <FieldError message={errors.rules?.root?.message ?? errors.rules?.message} />
        <div className="flex flex-wrap gap-2">
          <Button
            type="button"
            variant="outline"
            size="sm"
            onClick={() => rows.append({ ...NEW_RULE, model: rows.fields.length === 0 ? "*" : "" })}
          >
            <Plus aria-hidden />
            {t("add")}
          </Button>
          <Button type="submit" size="sm" disabled={!isDirty || isBusy}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Form>
  );
}

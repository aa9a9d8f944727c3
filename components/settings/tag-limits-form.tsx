"use client";

import { Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { useFieldArray, useForm } from "react-hook-form";
import { mergeRows } from "@/components/conflict/merge-rows";
import { FieldError } from "@/components/form/field-error";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { MAX_TAG_LIMITS } from "@/lib/tags/tag-limits";
import { BUDGETS, type BudgetName } from "@/lib/usage/token-limits";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

type Limits = Pick<Settings["tags"], "limits">;
type Limit = Limits["limits"][number];

interface Fields {
  limits: (Pick<Limit, "name" | "value"> & {
    [Name in BudgetName]?: number | null | undefined;
  })[];
}

const NO_BUDGETS = {
  dailyRequests: null,
  dailyTokens: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
} as const;

const nameOf = ({ name, value }: Pick<Limit, "name" | "value">) => `${name}=${value}`;
const fieldsOf = ({ limits }: Limits): Fields => ({
  limits: limits.map((limit) => ({ ...limit })),
});

/** Budgets by tag, a row for each value. */
export function TagLimitsForm({ settings }: { readonly settings: Settings["tags"] }) {
  const t = useTranslations("settings.tagLimits");
  const id = useId();
  const { rollUp } = settings;
  const form = useForm<Fields>({
    defaultValues: fieldsOf(settings),
    resolver: async (...asked) =>
      (await import("./settings-resolvers")).tagLimitsResolver(...asked),
  });
  const { errors, isDirty, isSubmitting } = form.formState;
  const rows = useFieldArray({ control: form.control, name: "limits" });
  const { save, wasSaved, notice } = useSectionSave<Limits, Fields>({
    section: "tags",
    read: { limits: settings.limits },
    form,
    pick: ({ tags: { limits } }) => ({ limits }),
    toForm: fieldsOf,
    labelOf: () => t("title"),
    textOf: (value) => (value as readonly Limit[]).map(nameOf).join(", ") || null,
    merge: (read, theirs, mine) => {
      const limits = mergeRows(read.limits, theirs.limits ?? [], mine.limits ?? [], nameOf);
      return limits && { limits };
    },
  });
  const repeated = errors.limits?.root?.message ?? errors.limits?.message;

  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={form.handleSubmit(({ limits }) => save({ limits: limits.map(limitOf) }))}
    >
      <datalist id={`${id}-names`}>
        {rollUp.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {rows.fields.length === 0 && (
        <p className="text-muted-foreground text-sm">
          {t(rollUp.length === 0 ? "noTags" : "empty")}
        </p>
      )}
      {rows.fields.map((field, index) => {
        const own = errors.limits?.[index];
        const isNamed = own?.name === undefined && own?.value === undefined;
        const message = own && (isNamed ? t("badBudget") : t("badTag"));
        const at = `${id}-${index}`;
        return (
          <fieldset key={field.id} className="rounded-lg border p-4">
            <legend className="sr-only">{t("row", { number: index + 1 })}</legend>
            <div className="grid grid-cols-2 items-end gap-3 lg:grid-cols-[1fr_1.5fr_repeat(4,7rem)_auto]">
              {(["name", "value"] as const).map((part) => (
                <div key={part} className="grid gap-2">
                  <Label htmlFor={`${at}-${part}`}>{t(part)}</Label>
                  <Input
                    id={`${at}-${part}`}
                    autoComplete="off"
                    {...(part === "name" && { list: `${id}-names` })}
                    aria-invalid={own?.[part] !== undefined}
                    aria-describedby={`${at}-error`}
                    {...form.register(`limits.${index}.${part}`)}
                  />
                </div>
              ))}
              {BUDGETS.map((name) => (
                <div key={name} className="grid gap-2">
                  <Label htmlFor={`${at}-${name}`}>{t(name)}</Label>
                  <Input
                    id={`${at}-${name}`}
                    type="number"
                    inputMode="decimal"
                    min={0}
                    step="any"
                    placeholder={t("none")}
                    className="text-right tabular-nums"
                    aria-invalid={own?.[name] !== undefined}
                    aria-describedby={`${at}-error`}
                    {...form.register(`limits.${index}.${name}`, { setValueAs: budgetOf })}
                  />
                </div>
              ))}
              <Button
                type="button"
                variant="ghost"
                size="icon"
                aria-label={t("remove", { number: index + 1 })}
                onClick={() => rows.remove(index)}
              >
                <Trash2 aria-hidden />
              </Button>
            </div>
            <FieldError id={`${at}-error`} message={message} />
          </fieldset>
        );
      })}
      <FieldError id={`${id}-error`} message={repeated && t("repeated")} />
      {rows.fields.length < MAX_TAG_LIMITS && rollUp.length > 0 && (
        <Button
          type="button"
          variant="outline"
          size="sm"
          onClick={() => rows.append({ name: rollUp[0] ?? "", value: "", ...NO_BUDGETS })}
        >
          <Plus aria-hidden />
          {t("add")}
        </Button>
      )}
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

function limitOf({ name, value, ...budgets }: Fields["limits"][number]): Limit {
  const { dailyRequests, dailyTokens, dailyCostUsd, monthlyCostUsd } = budgets;
  return {
    ...{ name, value, dailyRequests: dailyRequests ?? null, dailyTokens: dailyTokens ?? null },
    ...{ dailyCostUsd: dailyCostUsd ?? null, monthlyCostUsd: monthlyCostUsd ?? null },
  };
}

/** Typed values are text, stored ones numbers; an empty field is no budget. */
function budgetOf(value: unknown): number | null {
  return value === "" || value === null || value === undefined ? null : Number(value);
}

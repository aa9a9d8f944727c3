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
import { loadResolvers } from "./load-resolvers";
import { SaveBar } from "./save-bar";
import { useSectionSave } from "./use-section-save";

const PRICES = ["input", "output", "cachedInput", "cacheWrite"] as const;
const OPTIONAL: ReadonlySet<string> = new Set(["cachedInput", "cacheWrite"]);

type Price = Settings["prices"]["overrides"][number];

const nameOf = ({ provider, model }: Pick<Price, "provider" | "model">) => `${provider}/${model}`;

interface Fields {
  overrides: (Pick<Price, "provider" | "model" | "input" | "output"> & {
    cachedInput?: number | undefined;
    cacheWrite?: number | undefined;
  })[];
}

/** Absent prices are included: without them, a row would count as changed. */
const NOTHING: Fields["overrides"][number] = {
  provider: "",
  model: "",
  input: Number.NaN,
  output: Number.NaN,
  cachedInput: undefined,
  cacheWrite: undefined,
};

const fieldsOf = ({ overrides }: Settings["prices"]): Fields => ({
  overrides: overrides.map((override) => ({ ...NOTHING, ...override })),
});

/** The team's own prices, one row each. */
export function PricesForm({
  settings,
  providers,
}: {
  readonly settings: Settings["prices"];
  /** Slugs to choose from. */
  readonly providers: readonly string[];
}) {
  const t = useTranslations("settings.prices");
  const id = useId();
  const form = useForm<Fields>({
    defaultValues: fieldsOf(settings),
    resolver: async (...asked) => (await loadResolvers()).pricesResolver(...asked),
  });
  const { errors, isDirty, isSubmitting } = form.formState;
  const rows = useFieldArray({ control: form.control, name: "overrides" });

  const { save, wasSaved, notice } = useSectionSave<Settings["prices"], Fields>({
    section: "prices",
    read: settings,
    form,
    pick: ({ prices }) => prices,
    toForm: fieldsOf,
    labelOf: () => t("title"),
    textOf: (value) => (value as readonly Price[]).map(nameOf).join(", ") || null,
    merge: (read, theirs, mine) => {
      const overrides = mergeRows(
        read.overrides,
        theirs.overrides ?? [],
        mine.overrides ?? [],
        nameOf,
      );
      return overrides && { overrides };
    },
  });

  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={form.handleSubmit(({ overrides }) => save({ overrides }))}
    >
      <datalist id={`${id}-providers`}>
        {providers.map((slug) => (
          <option key={slug} value={slug} />
        ))}
      </datalist>
      {rows.fields.length === 0 && <p className="text-muted-foreground text-sm">{t("empty")}</p>}
      {rows.fields.map((field, index) => {
        const own = errors.overrides?.[index];
        const names = own?.provider ?? own?.model;
        const message = names ? t("nameMissing") : own && t("badPrice");
        const at = `${id}-${index}`;
        return (
          <fieldset key={field.id} className="rounded-lg border p-4">
            <legend className="sr-only">{t("row", { number: index + 1 })}</legend>
            <div className="grid grid-cols-2 items-end gap-3 lg:grid-cols-[1fr_1.5fr_repeat(4,6.5rem)_auto]">
              <div className="grid gap-2">
                <Label htmlFor={`${at}-provider`}>{t("provider")}</Label>
                <Input
                  id={`${at}-provider`}
                  list={`${id}-providers`}
                  aria-invalid={own?.provider !== undefined}
                  aria-describedby={`${at}-error`}
                  {...form.register(`overrides.${index}.provider`)}
                />
              </div>
              <div className="grid gap-2">
                <Label htmlFor={`${at}-model`}>{t("model")}</Label>
                <Input
                  id={`${at}-model`}
                  className="font-mono text-[13px]"
                  title={t("modelHint")}
                  aria-invalid={own?.model !== undefined}
                  aria-describedby={`${at}-error`}
                  {...form.register(`overrides.${index}.model`)}
                />
              </div>
              {PRICES.map((name) => (
                <div key={name} className="grid gap-2">
                  <Label htmlFor={`${at}-${name}`}>{t(name)}</Label>
                  <Input
                    id={`${at}-${name}`}
                    type="number"
                    inputMode="decimal"
                    min={0}
                    step="any"
                    className="text-right tabular-nums"
                    {...(OPTIONAL.has(name) && { placeholder: t("optional") })}
                    aria-invalid={own?.[name] !== undefined}
                    aria-describedby={`${at}-error`}
                    {...form.register(`overrides.${index}.${name}`, {
                      setValueAs: OPTIONAL.has(name) ? optionalPrice : price,
                    })}
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
      <Button type="button" variant="outline" size="sm" onClick={() => rows.append(NOTHING)}>
        <Plus aria-hidden />
        {t("add")}
      </Button>
      {notice}
      <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
    </form>
  );
}

/** Typed values are text, stored ones numbers; an empty field is no number, not 0. */
function price(value: unknown): number {
  return value === "" ? Number.NaN : Number(value);
}

function optionalPrice(value: unknown): number | undefined {
  return value === "" || value === undefined ? undefined : Number(value);
}

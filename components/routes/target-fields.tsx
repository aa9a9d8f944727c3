"use client";

import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import type { UseFormReturn } from "react-hook-form";
import { SelectField } from "@/components/form/select-field";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { FormControl, FormField, FormItem, FormLabel, FormMessage } from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { useKnownModels } from "@/components/use-known-models";
import type { AddModelAliasInput } from "@/lib/manage/providers/model-alias-schema";
import { CAPABILITIES } from "@/lib/models/model-alias";
import { cn } from "@/lib/utils";
import type { AliasFields } from "./alias-fields";

/** One target of an alias: provider and model, its capabilities, and its position. */
export function TargetFields({
  form,
  index,
  providers,
  isWeighted,
  isLast,
  onMove,
  onRemove,
}: {
  readonly form: UseFormReturn<AliasFields, unknown, AddModelAliasInput>;
  readonly index: number;
  readonly providers: readonly ProviderChoice[];
  readonly isWeighted: boolean;
  readonly isLast: boolean;
  readonly onMove: (to: number) => void;
  /** Null for the only one. */
  readonly onRemove: (() => void) | null;
}) {
  const t = useTranslations("routes.dialog");
  const id = useId();
  const known = useKnownModels();
  const number = index + 1;
  const slug = form.watch(`targets.${index}.provider`);
  const models = known?.find((provider) => provider.slug === slug)?.models ?? [];
  return (
    <fieldset className="rounded-lg border p-3">
      <legend className="sr-only">{t("target", { number })}</legend>
      <div
        className={cn(
          "grid gap-3 sm:items-start",
          isWeighted ? "sm:grid-cols-[11rem_1fr_5rem]" : "sm:grid-cols-[11rem_1fr]",
        )}
      >
        <SelectField
          control={form.control}
          name={`targets.${index}.provider`}
          label={t("provider")}
          labelClassName="font-normal"
          placeholder={t("chooseProvider")}
          choices={providers.map(({ slug, label }) => ({ value: slug, label }))}
        />
        <FormField
          control={form.control}
          name={`targets.${index}.model`}
          render={({ field }) => (
            <FormItem>
              <FormLabel className="font-normal">{t("model")}</FormLabel>
              <FormControl>
                <Input
                  list={`${id}-models`}
                  autoComplete="off"
                  spellCheck={false}
                  className="font-mono"
                  {...field}
                />
              </FormControl>
              <datalist id={`${id}-models`}>
                {models.map((model) => (
                  <option key={model} value={model} />
                ))}
              </datalist>
              <FormMessage />
            </FormItem>
          )}
        />
        {isWeighted && (
          <FormField
            control={form.control}
            name={`targets.${index}.weight`}
            render={({ field: { value, onChange, ...field } }) => (
              <FormItem>
                <FormLabel className="font-normal">{t("weight")}</FormLabel>
                <FormControl>
                  <Input
                    type="number"
                    inputMode="numeric"
                    min={1}
                    max={100}
                    className="text-right tabular-nums"
                    {...field}
                    value={value === undefined || Number.isNaN(value) ? "" : value}
                    onChange={(event) => onChange(event.target.valueAsNumber)}
                  />
                </FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
        )}
      </div>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <FormField
          control={form.control}
          name={`targets.${index}.capabilities`}
          render={({ field: { value = [], onChange } }) => (
            <fieldset
              aria-label={t("capabilitiesOf", { number })}
              className="flex flex-wrap gap-x-4 gap-y-2"
            >
              {CAPABILITIES.map((capability) => (
                <Label key={capability} className="font-normal">
                  <Checkbox
                    checked={value.includes(capability)}
                    onCheckedChange={(checked) =>
                      onChange(
                        CAPABILITIES.filter((each) =>
                          each === capability ? checked === true : value.includes(each),
                        ),
                      )
                    }
                  />
                  {t(`capabilities.${capability}`)}
                </Label>
              ))}
            </fieldset>
          )}
        />
        <div className="flex gap-1">
          <Button
            type="button"
            variant="ghost"
            size="icon-sm"
            aria-label={t("moveUp", { number })}
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          >
            <ArrowUp aria-hidden />
          </Button>
          <Button
            type="button"
            variant="ghost"
            size="icon-sm"
            aria-label={t("moveDown", { number })}
            disabled={isLast}
            onClick={() => onMove(index + 1)}
          >
            <ArrowDown aria-hidden />
          </Button>
          <Button
            type="button"
            variant="ghost"
            size="icon-sm"
            aria-label={t("removeTarget", { number })}
            disabled={onRemove === null}
            onClick={onRemove ?? undefined}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      </div>
    </fieldset>
  );
}

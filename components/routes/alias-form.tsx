"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { type FieldPath, useFieldArray, useForm } from "react-hook-form";
import { toast } from "sonner";
import { addAlias, changeAlias } from "@/app/(portal)/routes/actions";
import type { ActionFailure } from "@/app/action-result";
import { answered } from "@/components/answered";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import { useCarefulSave } from "@/components/conflict/use-careful-save";
import { FieldError } from "@/components/form/field-error";
import { SelectField } from "@/components/form/select-field";
import { StickyFooter } from "@/components/form/sticky-footer";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import {
  Form,
  FormControl,
  FormDescription,
  FormField,
  FormItem,
  FormLabel,
  FormMessage,
} from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import type { ModelAliasItem } from "@/lib/manage/providers/list-model-aliases";
import {
  type AddModelAliasInput,
  modelAliasSchema,
} from "@/lib/manage/providers/model-alias-schema";
import { ALIAS_CHOICES, ALIAS_CONVERSIONS, type AliasConversion } from "@/lib/models/model-alias";
import { type AliasFields, fieldsOf, NEW_ALIAS, newTarget, priceLimit } from "./alias-fields";
import { TargetFields } from "./target-fields";

/** Saves if valid; errors are shown at their fields, and what was typed stays. */
export function AliasForm({
  alias,
  providers,
  onDone,
}: {
  /** Null for a new one. */
  readonly alias: ModelAliasItem | null;
  readonly providers: readonly ProviderChoice[];
  readonly onDone: () => void;
}) {
  const t = useTranslations("routes");
  const schema = useMemo(() => modelAliasSchema((problem) => t(`problem.${problem}`)), [t]);
  const form = useForm<AliasFields, unknown, AddModelAliasInput>({
    resolver: zodResolver(schema),
    defaultValues: alias === null ? NEW_ALIAS : fieldsOf(alias),
  });
  const { errors, isSubmitting } = form.formState;
  const careful = useCarefulSave<Omit<AliasFields, "name">, void>(
    alias === null ? NEW_ALIAS : fieldsOf(alias),
    ({ changes, was }) => changeAlias({ change: { name: alias?.name ?? "", ...changes }, was }),
  );
  const targets = useFieldArray({ control: form.control, name: "targets" });
  const isWeighted = form.watch("choice") === "weighted";
  const conversion = form.watch("conversion");

  async function save(values: AddModelAliasInput) {
    if (alias === null) {
      const answer = await answered(() => addAlias(values));
      if (answer === null) return;
      if (!answer.ok) {
        showFailure(answer);
        return;
      }
    } else {
      const { name: _, ...fields } = values;
      const saved = await careful.save(fields);
      if (saved.kind === "open") return;
      if (saved.kind === "refused") {
        showFailure(saved.failure);
        return;
      }
    }
    onDone();
    toast(t(alias === null ? "dialog.added" : "dialog.changed", { name: values.name }));
  }

  function showFailure({ code, issues }: ActionFailure) {
    if (code === "conflict" && alias === null) {
      form.setError("name", { message: t("problem.name_taken") }, { shouldFocus: true });
      return;
    }
    const ofProviders = issues.filter(({ path }) => path.endsWith(".provider"));
    for (const { path } of ofProviders) {
      // The path is the input's, which is also the form's.
      form.setError(path as FieldPath<AliasFields>, { message: t("problem.provider_unusable") });
    }
    if (ofProviders.length === 0)
      toast.error(t("failed.title"), { description: t(`failed.${code}`) });
  }

  return (
    <Form {...form}>
      <form noValidate className="grid gap-5" onSubmit={form.handleSubmit(save)}>
        <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
          <FormField
            control={form.control}
            name="name"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t("dialog.name")}</FormLabel>
                <FormControl>
                  <Input
                    autoComplete="off"
                    spellCheck={false}
                    placeholder="fast"
                    className="font-mono"
                    readOnly={alias !== null}
                    {...field}
                  />
                </FormControl>
                <FormDescription>
                  {t(alias === null ? "dialog.nameHint" : "dialog.nameStays")}
                </FormDescription>
                <FormMessage />
              </FormItem>
            )}
          />
          <SelectField
            control={form.control}
            name="choice"
            label={t("dialog.choice")}
            fallback="ordered"
            choices={ALIAS_CHOICES.map((value) => ({ value, label: t(`choices.${value}`) }))}
            description={t(isWeighted ? "dialog.weightedHint" : "dialog.orderedHint")}
          />
        </div>
        <fieldset className="min-w-0 space-y-3">
          <legend className="mb-2 text-sm font-medium">{t("dialog.targets")}</legend>
          <ol className="space-y-3">
            {targets.fields.map((field, index) => (
              <li key={field.id}>
                <TargetFields
                  form={form}
                  index={index}
                  providers={providers}
                  isWeighted={isWeighted}
                  isLast={index === targets.fields.length - 1}
                  onMove={(to) => targets.move(index, to)}
                  onRemove={targets.fields.length > 1 ? () => targets.remove(index) : null}
                />
              </li>
            ))}
          </ol>
          <FieldError message={errors.targets?.root?.message ?? errors.targets?.message} />
          <Button
            type="button"
            variant="outline"
            size="sm"
            onClick={() => targets.append(newTarget())}
          >
            <Plus aria-hidden />
            {t("dialog.addTarget")}
          </Button>
        </fieldset>
        <SelectField
          control={form.control}
          name="conversion"
          label={t("dialog.conversion")}
          fallback="needed"
          choices={ALIAS_CONVERSIONS.map((value) => ({ value, label: t(`conversions.${value}`) }))}
          description={t(`dialog.conversionHint.${conversion ?? "needed"}`)}
        />
        <fieldset className="min-w-0">
          <legend className="mb-2 text-sm font-medium">{t("dialog.limits")}</legend>
          <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
            {(["maxInputUsd", "maxOutputUsd"] as const).map((name) => (
              <FormField
                key={name}
                control={form.control}
                name={name}
                render={({ field: { value, onChange, ...field } }) => (
                  <FormItem>
                    <FormLabel className="font-normal">{t(`dialog.${name}`)}</FormLabel>
                    <FormControl>
                      <Input
                        type="number"
                        inputMode="decimal"
                        min={0}
                        step="any"
                        placeholder={t("dialog.noLimit")}
                        className="text-right tabular-nums"
                        {...field}
                        value={value ?? ""}
                        onChange={(event) => onChange(priceLimit(event.target.value))}
                      />
                    </FormControl>
                    <FormMessage />
                  </FormItem>
                )}
              />
            ))}
          </div>
          <p className="text-muted-foreground mt-2 text-sm">{t("dialog.limitsHint")}</p>
        </fieldset>
        <ConflictNotice
          conflict={careful.conflict}
          labelOf={(name) => t(`dialog.${name}`)}
          textOf={(value, name) => {
            if (name === "targets") {
              const list = value as AliasFields["targets"];
              return list.map(({ provider, model }) => `${provider}/${model}`).join(", ");
            }
            if (name === "choice") return t(`choices.${value as "ordered" | "weighted"}`);
            if (name === "conversion") return t(`conversions.${value as AliasConversion}`);
            return value === null ? t("dialog.noLimit") : String(value);
          }}
          isBusy={isSubmitting}
          onTheirs={() => {
            const now = { ...form.getValues(), ...careful.settle() };
            form.reset(now, { keepDefaultValues: true });
          }}
          onMine={() => {
            careful.settle();
            void form.handleSubmit(save)();
          }}
        />
        <StickyFooter>
          <Button type="submit" disabled={isSubmitting}>
            {alias === null ? t("add") : t("save")}
          </Button>
        </StickyFooter>
      </form>
    </Form>
  );
}

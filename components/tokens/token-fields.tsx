"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { type UseFormReturn, useWatch } from "react-hook-form";
import { SelectField } from "@/components/form/select-field";
import { LimitInputs } from "@/components/limits/limit-inputs";
import type { ProviderChoice } from "@/components/provider-choice";
import { Folded } from "@/components/tokens/folded";
import { MultiPicker, type PickerGroup } from "@/components/tokens/multi-picker";
import { ShareFields } from "@/components/tokens/share-fields";
import { TagFields } from "@/components/tokens/tag-fields";
import {
  EXPIRY_DAYS,
  NEW_TOKEN,
  NO_GROUP,
  OWNER_ME,
  OWNER_TEAM,
  type TokenForm,
} from "@/components/tokens/token-form";
import { useTokenOwners } from "@/components/tokens/token-owners";
import { Checkbox } from "@/components/ui/checkbox";
import {
  FormControl,
  FormDescription,
  FormField,
  FormItem,
  FormLabel,
  FormMessage,
} from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { useKnownModels } from "@/components/use-known-models";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";
import type { OwnerChoice } from "@/lib/manage/tokens/token-owner";
import { type LimitCeilings, TOKEN_LIMITS } from "@/lib/usage/token-limits";

type Form = UseFormReturn<TokenForm>;

/** The fields of a new token and of a changed one. */
export function TokenFields({
  form,
  providers,
  groups = [],
  isAdmin,
  owner,
  mayUseAdminApi = false,
  keepLabel,
  ceilings = null,
}: {
  readonly form: Form;
  readonly providers: readonly ProviderChoice[];
  /** Those that a new token may join; a token never leaves its group. */
  readonly groups?: readonly GroupChoice[];
  /** Who also chooses the owner, and how the token shares the pool. */
  readonly isAdmin: boolean;
  /** Of an existing token; null for the team, absent for a new token. */
  readonly owner?: OwnerChoice | null;
  /** Whether the creator may choose that a new token is for the admin API. */
  readonly mayUseAdminApi?: boolean;
  /** The label of a token's current expiry; null if there is none to keep. */
  readonly keepLabel: string | null;
  /** Maximum limits. */
  readonly ceilings?: LimitCeilings | null;
}) {
  const t = useTranslations("tokens.form");
  const isForApps = !useWatch({ control: form.control, name: "forAdminApi" });
  return (
    <>
      <FormField
        control={form.control}
        name="name"
        render={({ field }) => (
          <FormItem>
            <FormLabel>{t("name")}</FormLabel>
            <FormControl>
              <Input {...field} autoComplete="off" placeholder={t("namePlaceholder")} />
            </FormControl>
            <FormMessage />
          </FormItem>
        )}
      />
      {mayUseAdminApi && <AdminApiField form={form} />}
      {isForApps && isAdmin && <OwnerField form={form} owner={owner} />}
      {isForApps && groups.length > 0 && <GroupField form={form} groups={groups} />}
      {isForApps && <ScopeFields form={form} providers={providers} />}
      <ExpiryField form={form} keepLabel={keepLabel} />
      {isForApps && <LimitFields form={form} ceilings={ceilings} />}
      {isForApps && isAdmin && <ShareSection form={form} />}
      {isForApps && isAdmin && <TagSection form={form} />}
    </>
  );
}

function AdminApiField({ form }: { readonly form: Form }) {
  const t = useTranslations("tokens.form");
  return (
    <FormField
      control={form.control}
      name="forAdminApi"
      render={({ field }) => (
        <FormItem>
          <div className="flex items-center gap-3">
            <FormControl>
              <Checkbox
                checked={field.value}
                onCheckedChange={(checked) => field.onChange(checked === true)}
              />
            </FormControl>
            <FormLabel>{t("adminApi")}</FormLabel>
          </div>
          <FormDescription>{t("adminApiHelp")}</FormDescription>
        </FormItem>
      )}
    />
  );
}

function OwnerField({
  form,
  owner,
}: {
  readonly form: Form;
  readonly owner: OwnerChoice | null | undefined;
}) {
  const t = useTranslations("tokens.form");
  const others = useTokenOwners();
  // Someone who no longer may have tokens is still shown as the owner.
  const isListed = others.some(({ id }) => id === owner?.id);
  const people = owner == null || isListed ? others : [owner, ...others];
  return (
    <SelectField
      control={form.control}
      name="owner"
      label={t("owner")}
      choices={[
        ...(owner === undefined ? [{ value: OWNER_ME, label: t("ownerMe") }] : []),
        { value: OWNER_TEAM, label: t("ownerTeam") },
        ...people.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      description={t("ownerHelp")}
    />
  );
}

function GroupField({
  form,
  groups,
}: {
  readonly form: Form;
  readonly groups: readonly GroupChoice[];
}) {
  const t = useTranslations("tokens.form");
  return (
    <SelectField
      control={form.control}
      name="group"
      label={t("group")}
      choices={[
        { value: NO_GROUP, label: t("groupNone") },
        ...groups.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      description={t("groupHelp")}
    />
  );
}

function ScopeFields({
  form,
  providers,
}: {
  readonly form: Form;
  readonly providers: readonly ProviderChoice[];
}) {
  const t = useTranslations("tokens.form");
  const id = useId();
  const known = useKnownModels();
  const chosenProviders = useWatch({ control: form.control, name: "providers" });
  const withKeys = new Set(known?.map(({ slug }) => slug));
  const options = providers.map(({ slug, label }) => ({ value: slug, label }));
  const providerGroups: readonly PickerGroup[] = [
    { heading: t("withKeys"), options: options.filter(({ value }) => withKeys.has(value)) },
    { heading: t("withoutKeys"), options: options.filter(({ value }) => !withKeys.has(value)) },
  ];
  const modelGroups: readonly PickerGroup[] = (known ?? [])
    .filter(({ slug }) => chosenProviders.length === 0 || chosenProviders.includes(slug))
    .map(({ label, models }) => ({
      heading: label,
      options: models.map((model) => ({ value: model, label: model })),
    }));
  const remove = (label: string) => t("remove", { label });
  return (
    <>
      <FormField
        control={form.control}
        name="providers"
        render={({ field }) => (
          <FormItem>
            <Label asChild>
              <span id={`${id}-providers`}>{t("providers")}</span>
            </Label>
            <MultiPicker
              labelledBy={`${id}-providers`}
              describedBy={`${id}-providers-help`}
              chosen={field.value}
              onChange={field.onChange}
              groups={providerGroups}
              labels={{
                open: t("addProvider"),
                search: t("searchProviders"),
                empty: t("noProvider"),
                remove,
              }}
            />
            <FormDescription id={`${id}-providers-help`}>{t("providersHelp")}</FormDescription>
          </FormItem>
        )}
      />
      <FormField
        control={form.control}
        name="models"
        render={({ field }) => (
          <FormItem>
            <Label asChild>
              <span id={`${id}-models`}>{t("models")}</span>
            </Label>
            <MultiPicker
              labelledBy={`${id}-models`}
              describedBy={`${id}-models-help`}
              chosen={field.value}
              onChange={field.onChange}
              groups={modelGroups}
              labels={{
                open: t("addModel"),
                search: t("searchModels"),
                empty: known === null ? t("loadingModels") : t("noModel"),
                remove,
              }}
              addLabel={(text) => t("useModel", { text })}
            />
            <FormDescription id={`${id}-models-help`}>{t("modelsHelp")}</FormDescription>
          </FormItem>
        )}
      />
    </>
  );
}

function ExpiryField({
  form,
  keepLabel,
}: {
  readonly form: Form;
  readonly keepLabel: string | null;
}) {
  const t = useTranslations("tokens.form");
  const expiry = useWatch({ control: form.control, name: "expiry" });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        control={form.control}
        name="expiry"
        label={t("expiry")}
        choices={[
          ...(keepLabel === null ? [] : [{ value: "keep", label: keepLabel }]),
          { value: "never", label: t("expiryNever") },
          ...EXPIRY_DAYS.map((value) => ({
            value,
            label: t("expiryDays", { days: Number(value) }),
          })),
          { value: "date", label: t("expiryDate") },
        ]}
      />
      {expiry === "date" && (
        <FormField
          control={form.control}
          name="date"
          render={({ field }) => (
            <FormItem>
              <FormLabel>{t("date")}</FormLabel>
              <FormControl>
                <Input {...field} type="date" />
              </FormControl>
              <FormMessage />
            </FormItem>
          )}
        />
      )}
    </div>
  );
}

function LimitFields({
  form,
  ceilings,
}: {
  readonly form: Form;
  readonly ceilings: LimitCeilings | null;
}) {
  const t = useTranslations("tokens.form");
  const values = useWatch({ control: form.control, name: [...TOKEN_LIMITS] });
  const isLimited = values.some((value) => value !== "");
  return (
    <Folded title={t("limits")} note={isLimited ? "" : t("limitsNone")} isOpen={isLimited}>
      <LimitInputs ceilings={ceilings} />
    </Folded>
  );
}

function ShareSection({ form }: { readonly form: Form }) {
  const t = useTranslations("tokens.form.share");
  const share = ["priorityClass", "weight", "maxWaitSeconds", "unpricedReserveUsd"] as const;
  const values = useWatch({ control: form.control, name: [...share] });
  const isUsual = share.every((name, index) => values[index] === NEW_TOKEN[name]);
  return (
    <Folded title={t("title")} note={isUsual ? t("usual") : ""} isOpen={!isUsual}>
      <ShareFields />
    </Folded>
  );
}

function TagSection({ form }: { readonly form: Form }) {
  const t = useTranslations("tokens.form.tags");
  const values = useWatch({ control: form.control, name: ["fixedTags", "requiredTags"] });
  const hasNone = values.every((value) => value === "");
  return (
    <Folded title={t("title")} note={hasNone ? t("none") : ""} isOpen={!hasNone}>
      <TagFields />
    </Folded>
  );
}

"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { addCustomProvider, changeCustomProvider } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import { useCarefulSave } from "@/components/conflict/use-careful-save";
import { SelectField } from "@/components/form/select-field";
import { StickyFooter } from "@/components/form/sticky-footer";
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
import {
  type AddCustomProviderInput,
  customProviderSchema,
  USUAL_KEY_HEADERS,
} from "@/lib/manage/providers/custom-provider-schema";
import type { CustomProviderItem } from "@/lib/manage/providers/list-custom-providers";
import { useFailureToast } from "../use-failure-toast";

type Protocol = AddCustomProviderInput["protocol"];

const PROTOCOLS = ["openai", "anthropic", "google"] as const satisfies readonly Protocol[];

const NEW: AddCustomProviderInput = {
  label: "",
  slug: "",
  baseUrl: "",
  protocol: "openai",
  ...USUAL_KEY_HEADERS.openai,
};

export function CustomProviderForm({
  provider,
  proposal = NEW,
  allowPrivate,
  onDone,
}: {
  /** Null for a new one. */
  readonly provider: CustomProviderItem | null;
  /** Initial values for a new one. */
  readonly proposal?: AddCustomProviderInput;
  readonly allowPrivate: boolean;
  readonly onDone: () => void;
}) {
  const t = useTranslations("settings.providers");
  const router = useRouter();
  const showFailure = useFailureToast();
  const schema = useMemo(
    () => customProviderSchema((problem) => t(`problem.${problem}`), allowPrivate),
    [t, allowPrivate],
  );
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: provider === null ? proposal : fieldsOf(provider),
  });
  const { isSubmitting } = form.formState;
  const careful = useCarefulSave<Partial<AddCustomProviderInput>, void>(
    provider === null ? NEW : fieldsOf(provider),
    ({ changes, was }) =>
      changeCustomProvider({ change: { slug: provider?.slug ?? "", ...changes }, was }),
  );
  const slug = form.watch("slug");
  const movesKeys =
    provider !== null && provider.keys > 0 && form.watch("baseUrl") !== provider.baseUrl;

  async function save(values: AddCustomProviderInput) {
    if (provider !== null) {
      const { slug: _, ...fields } = values;
      const saved = await careful.save(fields);
      if (saved.kind === "open") return;
      if (saved.kind === "refused") {
        showFailure(saved.failure);
        return;
      }
      onDone();
      toast(t("dialog.changed", { name: values.label }));
      return;
    }
    const answer = await answered(() => addCustomProvider(values));
    if (answer === null) return;
    if (!answer.ok) {
      if (answer.code === "conflict") {
        form.setError("slug", { message: t("problem.slug_taken") }, { shouldFocus: true });
      } else showFailure(answer);
      return;
    }
    onDone();
    toast(t("dialog.added", { name: values.label }), {
      action: {
        label: t("dialog.addKeys"),
        onClick: () => router.push(`/keys/${values.slug}`),
      },
    });
  }

  function chooseProtocol(protocol: Protocol) {
    form.setValue("protocol", protocol, { shouldDirty: true });
    // What was typed stays; only suggested values change.
    if (form.formState.dirtyFields.keyHeader || form.formState.dirtyFields.keyPrefix) return;
    if (provider !== null) return;
    form.resetField("keyHeader", { defaultValue: USUAL_KEY_HEADERS[protocol].keyHeader });
    form.resetField("keyPrefix", { defaultValue: USUAL_KEY_HEADERS[protocol].keyPrefix });
  }

  return (
    <Form {...form}>
      <form noValidate className="grid gap-4" onSubmit={form.handleSubmit(save)}>
        <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
          <FormField
            control={form.control}
            name="label"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t("dialog.label")}</FormLabel>
                <FormControl>
                  <Input autoComplete="off" {...field} />
                </FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
          <SelectField
            control={form.control}
            name="protocol"
            label={t("dialog.protocol")}
            choices={PROTOCOLS.map((value) => ({ value, label: t(`protocols.${value}`) }))}
            onChoose={(value) =>
              chooseProtocol(PROTOCOLS.find((each) => each === value) ?? "openai")
            }
          />
        </div>
        {provider === null && (
          <FormField
            control={form.control}
            name="slug"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t("dialog.slug")}</FormLabel>
                <FormControl>
                  <Input autoComplete="off" spellCheck={false} className="font-mono" {...field} />
                </FormControl>
                <FormDescription>
                  {t("dialog.slugHint", { path: `/api/${slug || "…"}/` })}
                </FormDescription>
                <FormMessage />
              </FormItem>
            )}
          />
        )}
        <FormField
          control={form.control}
          name="baseUrl"
          render={({ field }) => (
            <FormItem>
              <FormLabel>{t("dialog.baseUrl")}</FormLabel>
              <FormControl>
                <Input
                  type="url"
                  inputMode="url"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder="https://api.example.com/v1"
                  className="font-mono"
                  {...field}
                />
              </FormControl>
              <FormDescription>
                {movesKeys
                  ? t("dialog.addressMoves", { count: provider.keys })
                  : t("dialog.baseUrlHint")}
              </FormDescription>
              <FormMessage />
            </FormItem>
          )}
        />
        <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
          <FormField
            control={form.control}
            name="keyHeader"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t("dialog.keyHeader")}</FormLabel>
                <FormControl>
                  <Input autoComplete="off" spellCheck={false} className="font-mono" {...field} />
                </FormControl>
                <FormMessage />
              </FormItem>
            )}
          />
          <FormField
            control={form.control}
            name="keyPrefix"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t("dialog.keyPrefix")}</FormLabel>
                <FormControl>
                  <Input autoComplete="off" spellCheck={false} className="font-mono" {...field} />
                </FormControl>
                <FormDescription>{t("dialog.keyPrefixHint")}</FormDescription>
                <FormMessage />
              </FormItem>
            )}
          />
        </div>
        <ConflictNotice
          conflict={careful.conflict}
          labelOf={(name) => t(`dialog.${name}`)}
          isBusy={isSubmitting}
          onTheirs={() => {
            for (const [name, value] of Object.entries(careful.settle())) {
              form.setValue(name as keyof AddCustomProviderInput, value);
            }
          }}
          onMine={() => {
            careful.settle();
            void form.handleSubmit(save)();
          }}
        />
        <StickyFooter>
          <Button type="submit" disabled={isSubmitting}>
            {provider === null ? t("add") : t("save")}
          </Button>
        </StickyFooter>
      </form>
    </Form>
  );
}

function fieldsOf(provider: CustomProviderItem): AddCustomProviderInput {
  const { label, slug, baseUrl, keyHeader, keyPrefix, protocol } = provider;
  return { label, slug, baseUrl, keyHeader, keyPrefix, protocol };
}

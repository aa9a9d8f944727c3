"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { addCustomProvider, changeCustomProvider } from "@/app/(portal)/settings/actions";
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
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import {
  type AddCustomProviderInput,
  customProviderSchema,
  USUAL_KEY_HEADERS,
} from "@/lib/manage/custom-provider-schema";
import type { CustomProviderItem } from "@/lib/manage/list-custom-providers";
import { useFailureToast } from "./use-failure-toast";

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
  /** What a new one's form begins with. */
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
  const slug = form.watch("slug");
  const movesKeys =
    provider !== null && provider.keys > 0 && form.watch("baseUrl") !== provider.baseUrl;

  async function save(values: AddCustomProviderInput) {
    const answer = await (provider === null ? addCustomProvider : changeCustomProvider)(values);
    if (!answer.ok) {
      if (answer.code === "conflict") {
        form.setError("slug", { message: t("problem.slug_taken") }, { shouldFocus: true });
      } else showFailure(answer);
      return;
    }
    onDone();
    if (provider === null) {
      toast(t("dialog.added", { name: values.label }), {
        action: {
          label: t("dialog.addKeys"),
          onClick: () => router.push(`/keys/${values.slug}`),
        },
      });
    } else toast(t("dialog.changed", { name: values.label }));
  }

  function chooseProtocol(protocol: Protocol) {
    form.setValue("protocol", protocol, { shouldDirty: true });
    // What was typed stays; what was only proposed follows.
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
          <FormField
            control={form.control}
            name="protocol"
            render={({ field }) => (
              <FormItem>
                <FormLabel>{t("dialog.protocol")}</FormLabel>
                <Select
                  value={field.value}
                  onValueChange={(value) =>
                    chooseProtocol(PROTOCOLS.find((each) => each === value) ?? "openai")
                  }
                >
                  <FormControl>
                    <SelectTrigger className="w-full">
                      <SelectValue />
                    </SelectTrigger>
                  </FormControl>
                  <SelectContent>
                    {PROTOCOLS.map((protocol) => (
                      <SelectItem key={protocol} value={protocol}>
                        {t(`protocols.${protocol}`)}
                      </SelectItem>
                    ))}
                  </SelectContent>
                </Select>
                <FormMessage />
              </FormItem>
            )}
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
        <div className="flex justify-end">
          <Button type="submit" disabled={isSubmitting}>
            {provider === null ? t("add") : t("save")}
          </Button>
        </div>
      </form>
    </Form>
  );
}

function fieldsOf(provider: CustomProviderItem): AddCustomProviderInput {
  const { label, slug, baseUrl, keyHeader, keyPrefix, protocol } = provider;
  return { label, slug, baseUrl, keyHeader, keyPrefix, protocol };
}

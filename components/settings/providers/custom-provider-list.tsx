"use client";

import { Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { removeCustomProvider } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import type { CustomProviderItem } from "@/lib/manage/providers/list-custom-providers";
import { useFailureToast } from "../use-failure-toast";
import { CustomProviderButton } from "./custom-provider-button";
import { TestResult } from "./test-result";
import { useUpstreamTest } from "./use-upstream-test";

export function CustomProviderList({
  providers,
  allowPrivate,
}: {
  readonly providers: readonly CustomProviderItem[];
  readonly allowPrivate: boolean;
}) {
  const t = useTranslations("settings.providers");
  return (
    <ul aria-label={t("title")} className="divide-y rounded-lg border">
      {providers.map((provider) => (
        <Row key={provider.slug} provider={provider} allowPrivate={allowPrivate} />
      ))}
    </ul>
  );
}

function Row({
  provider,
  allowPrivate,
}: {
  readonly provider: CustomProviderItem;
  readonly allowPrivate: boolean;
}) {
  const t = useTranslations("settings.providers");
  const tUpstream = useTranslations("settings.upstream.providers");
  const { slug, label, baseUrl, protocol, keyHeader, keyPrefix, keys } = provider;
  const { result, isTesting, test } = useUpstreamTest(slug);
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-60 flex-1 space-y-0.5">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-medium">{label}</span>
            <span className="text-muted-foreground font-mono text-xs">{slug}</span>
          </p>
          <p className="font-mono text-xs break-all">{baseUrl}</p>
          <p className="text-muted-foreground text-sm">
            {t(`protocols.${protocol}`)} ·{" "}
            <span className="font-mono text-xs">
              {keyPrefix === ""
                ? keyHeader
                : t("header", { header: keyHeader, prefix: keyPrefix.trim() })}
            </span>{" "}
            · {/* Typed routes can't know the slug. */}
            <Link
              href={`/keys/${slug}`}
              className="hover:text-foreground underline underline-offset-4"
            >
              {tUpstream("keys", { count: keys })}
            </Link>
          </p>
        </div>
        <div className="flex items-center gap-1">
          <Button
            variant="outline"
            size="sm"
            className="mr-1"
            disabled={isTesting}
            aria-label={tUpstream("testOf", { provider: label })}
            onClick={test}
          >
            {tUpstream("test")}
          </Button>
          <CustomProviderButton provider={provider} allowPrivate={allowPrivate} />
          <Removal provider={provider} />
        </div>
      </div>
      <div role="status">
        {result && (
          <div className="pt-3">
            <TestResult result={result} ofGateway={false} />
          </div>
        )}
      </div>
    </li>
  );
}

function Removal({ provider: { slug, label, keys } }: { readonly provider: CustomProviderItem }) {
  const t = useTranslations("settings.providers");
  const showFailure = useFailureToast();

  async function remove() {
    const answer = await answered(() => removeCustomProvider({ slug }));
    if (answer === null) return false;
    if (!answer.ok) {
      showFailure(answer);
      return false;
    }
    toast(t("removal.done", { name: label, count: answer.data.keysLeft }));
    return true;
  }

  return (
    <ConfirmDialog
      trigger={
        <Button
          variant="ghost"
          size="icon"
          className="size-8"
          aria-label={t("removeOf", { name: label })}
        >
          <Trash2 aria-hidden />
        </Button>
      }
      title={t("removal.title", { name: label })}
      description={
        <>
          <p>{t("removal.description", { path: `/api/${slug}/` })}</p>
          <p>{t("removal.keys", { count: keys })}</p>
        </>
      }
      confirmLabel={t("removal.confirm")}
      onConfirm={remove}
    />
  );
}

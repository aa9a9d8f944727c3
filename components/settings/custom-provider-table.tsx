"use client";

import { Trash2 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { removeCustomProvider } from "@/app/(portal)/settings/actions";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { formatExactCount } from "@/components/format";
import { Button } from "@/components/ui/button";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { CustomProviderItem } from "@/lib/manage/list-custom-providers";
import { CustomProviderButton } from "./custom-provider-button";
import { TestResult } from "./test-result";
import { useFailureToast } from "./use-failure-toast";
import { useUpstreamTest } from "./use-upstream-test";

const COLUMNS = ["name", "baseUrl", "protocol", "keyHeader", "keys", "actions"] as const;

export function CustomProviderTable({
  providers,
  allowPrivate,
}: {
  readonly providers: readonly CustomProviderItem[];
  readonly allowPrivate: boolean;
}) {
  const t = useTranslations("settings.providers");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            {COLUMNS.map((column) => (
              <TableHead key={column} className={column === "keys" ? "text-right" : undefined}>
                {column === "actions" ? (
                  <span className="sr-only">{t("columns.actions")}</span>
                ) : (
                  t(`columns.${column}`)
                )}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {providers.map((provider) => (
            <ProviderRows key={provider.slug} provider={provider} allowPrivate={allowPrivate} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function ProviderRows({
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
    <>
      <TableRow>
        <TableCell>
          <p className="font-medium">{label}</p>
          <p className="text-muted-foreground font-mono text-xs">{slug}</p>
        </TableCell>
        <TableCell className="font-mono text-xs">{baseUrl}</TableCell>
        <TableCell>{t(`protocols.${protocol}`)}</TableCell>
        <TableCell className="font-mono text-xs">
          {keyPrefix === "" ? keyHeader : `${keyHeader}: ${keyPrefix.trim()}`}
        </TableCell>
        <TableCell className="text-right tabular-nums">
          {/* Typed routes cannot know the slug. */}
          <Link
            href={`/keys/${slug}` as "/"}
            className="underline-offset-4 hover:underline"
            aria-label={`${label}: ${tUpstream("keys", { count: keys })}`}
          >
            {formatExactCount(keys)}
          </Link>
        </TableCell>
        <TableCell>
          <div className="flex items-center justify-end gap-1">
            <Button
              variant="outline"
              size="sm"
              disabled={isTesting}
              aria-label={tUpstream("testOf", { provider: label })}
              onClick={test}
            >
              {tUpstream("test")}
            </Button>
            <CustomProviderButton provider={provider} allowPrivate={allowPrivate} />
            <Removal provider={provider} />
          </div>
        </TableCell>
      </TableRow>
      {result && (
        <TableRow className="hover:bg-transparent">
          <TableCell colSpan={COLUMNS.length} className="whitespace-normal" role="status">
            <TestResult result={result} ofGateway={false} />
          </TableCell>
        </TableRow>
      )}
    </>
  );
}

function Removal({ provider: { slug, label, keys } }: { readonly provider: CustomProviderItem }) {
  const t = useTranslations("settings.providers");
  const showFailure = useFailureToast();

  async function remove() {
    const answer = await removeCustomProvider({ slug });
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

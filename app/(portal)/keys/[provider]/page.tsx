import { Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { CheckAllButton } from "@/components/keys/check-all-button";
import { DeleteBlockedButton } from "@/components/keys/delete-blocked-button";
import { ExportMenu } from "@/components/keys/export-menu";
import { KeyBrowser } from "@/components/keys/key-browser";
import { KeyFilters } from "@/components/keys/key-filters";
import { KeyGrid } from "@/components/keys/key-grid";
import { KeyStates } from "@/components/keys/key-states";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { browseProviderKeys } from "@/lib/manage/browse-provider-keys";
import { ManageError } from "@/lib/manage/manage-error";
import { readKeyGrid } from "@/lib/manage/read-key-grid";
import { readProviderKey } from "@/lib/manage/read-provider-key";
import { readQuery, textOf } from "./read-query";

export async function generateMetadata({
  params,
}: PageProps<"/keys/[provider]">): Promise<Metadata> {
  const [t, { provider }] = await Promise.all([getTranslations("keys"), params]);
  return { title: `${provider} · ${t("title")}` };
}

/** A provider's keys; with `?key=pk_…` one of them in full. */
export default async function ProviderPage({
  params,
  searchParams,
}: PageProps<"/keys/[provider]">) {
  const { context, member } = await portalRead("viewer");
  const [{ provider }, query] = await Promise.all([params, searchParams]);
  const input = readQuery(provider, query);
  const keyId = textOf(query.key);
  const [t, keys, detail, grid] = await Promise.all([
    getTranslations("keys"),
    browseProviderKeys(context, input).catch(nullIfMissing),
    keyId === undefined ? null : readProviderKey(context, keyId).catch(nullIfMissing),
    readKeyGrid(context, provider),
  ]);
  if (keys === null) notFound();
  const { label, counts, canCheck, items, total } = keys;
  const all = counts.ready + counts.cooling + counts.blocked + counts.disabled;
  const { q, status, model, page, pageSize } = input;
  const filter = { provider, q, status, model };
  const isAdmin = member.role === "admin";
  return (
    <ClientMessages areas={["keys"]}>
      <PageHeader
        title={label}
        description={t("overview.keys", { count: all })}
        actions={
          isAdmin && (
            <>
              {counts.blocked > 0 && (
                <DeleteBlockedButton provider={provider} label={label} count={counts.blocked} />
              )}
              {canCheck && all > 0 && (
                <CheckAllButton provider={provider} label={label} count={all} />
              )}
              {all > 0 && <ExportMenu filter={filter} label={label} />}
              <Button asChild size="sm">
                <Link href={`/keys/add?provider=${encodeURIComponent(provider)}`}>
                  <Plus aria-hidden />
                  {t("addKeys")}
                </Link>
              </Button>
            </>
          )
        }
      />
      <div className="space-y-4">
        <KeyStates counts={counts} />
        <KeyGrid grid={grid} provider={provider} />
        <KeyFilters />
        <KeyBrowser
          keys={{ items, total, page, pageSize }}
          filter={filter}
          label={label}
          isAdmin={isAdmin}
          canCheck={canCheck}
          detail={detail}
        />
      </div>
    </ClientMessages>
  );
}

function nullIfMissing(error: unknown): null {
  if (error instanceof ManageError && error.code === "not_found") return null;
  throw error;
}

import { Import, KeyRound, Plus } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { mayUse } from "@/app/right-of";
import { EmptyState } from "@/components/empty-state";
import { ProvidersWithoutKeys } from "@/components/keys/add/providers-without-keys";
import { ProviderTable } from "@/components/keys/table/provider-table";
import { Link } from "@/components/link";
import { AsOf } from "@/components/live/as-of";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { summarizeProviderKeys } from "@/lib/manage/keys/summarize-provider-keys";
import { readQuotaForecasts } from "@/lib/manage/limits/read-quota-forecasts";
import { keysIn, readPageStamp, refreshGapMs } from "@/lib/manage/page-refresh";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("keys");
  return { title: t("title") };
}

/** Every provider at a glance. */
export default async function KeysPage() {
  const { context, member } = await portalRead("viewer");
  const atMs = context.nowMs();
  const [stamp, t, { withKeys, withoutKeys }, forecasts, mayAdd] = await Promise.all([
    readPageStamp(context),
    getTranslations("keys"),
    summarizeProviderKeys(context),
    readQuotaForecasts(context),
    mayUse(context, member, "groupAdmin"),
  ]);
  const isAdmin = member.role === "admin";
  const actions = mayAdd && (
    <div className="flex flex-wrap gap-2">
      <Button asChild>
        <Link href="/keys/add">
          <Plus aria-hidden />
          {t("addKeys")}
        </Link>
      </Button>
      <Button asChild variant="outline">
        <Link href="/keys/import">
          <Import aria-hidden />
          {t("import")}
        </Link>
      </Button>
    </div>
  );
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={withKeys.length > 0 && actions}
        asOf={
          withKeys.length > 0 && (
            <AsOf atMs={atMs} stamp={stamp} gapMs={refreshGapMs(keysIn(withKeys))} />
          )
        }
      />
      {withKeys.length > 0 ? (
        <ProviderTable providers={withKeys} forecasts={forecasts.known} />
      ) : (
        <EmptyState
          icon={KeyRound}
          title={t("empty.title")}
          description={t("empty.description")}
          action={actions}
        />
      )}
      {isAdmin && withoutKeys.length > 0 && <ProvidersWithoutKeys providers={withoutKeys} />}
    </>
  );
}

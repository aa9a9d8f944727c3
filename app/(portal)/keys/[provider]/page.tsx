import { KeyRound, Plus } from "lucide-react";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { type PortalRead, portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { IncidentLines } from "@/components/incidents/incident-lines";
import { IncidentList } from "@/components/incidents/incident-list";
import { KeyGroups } from "@/components/keys/groups/key-groups";
import { ProviderLimits } from "@/components/keys/limits/provider-limits";
import { QuotaHints } from "@/components/keys/limits/quota-hints";
import { KeyStates } from "@/components/keys/sheet/key-states";
import { CheckAllButton } from "@/components/keys/table/check-all-button";
import { DeleteBlockedButton } from "@/components/keys/table/delete-blocked-button";
import { ExportMenu } from "@/components/keys/table/export-menu";
import { KeyBrowser } from "@/components/keys/table/key-browser";
import { KeyFilters } from "@/components/keys/table/key-filters";
import { KeyGrid } from "@/components/keys/table/key-grid";
import { Link } from "@/components/link";
import { AsOf } from "@/components/live/as-of";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { ViewsButton } from "@/components/views/views-button";
import { listIncidents } from "@/lib/manage/alerts/list-incidents";
import { listGroupChoices } from "@/lib/manage/groups/list-group-choices";
import { browseProviderKeys } from "@/lib/manage/keys/browse-provider-keys";
import { hasProvider } from "@/lib/manage/keys/has-provider";
import { readKeyGrid } from "@/lib/manage/keys/read-key-grid";
import { readProviderKey } from "@/lib/manage/keys/read-provider-key";
import { readProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import { readQuotaHints } from "@/lib/manage/limits/read-quota-hints";
import { ManageError } from "@/lib/manage/manage-error";
import { keysIn, readPageStamp, refreshGapMs } from "@/lib/manage/page-refresh";
import { utcDayMs } from "@/lib/manage/usage/read-today-figures";
import { liveLimits } from "@/lib/runtime/live-figures";
import { hasPriceList } from "@/lib/usage/price-names";
import { KeysSkeleton } from "./keys-skeleton";
import { readQuery, textOf } from "./read-query";

const INCIDENTS_SHOWN = 20;

export async function generateMetadata({
  params,
}: PageProps<"/keys/[provider]">): Promise<Metadata> {
  const [t, { provider }] = await Promise.all([getTranslations("keys"), params]);
  return { title: `${provider} · ${t("title")}` };
}

/**
 * A provider's keys; with `?key=pk_…` one of them in full. The provider is looked up before anything is sent, so that
 * an unknown one gets a 404; a `loading.tsx` would send a 200 first.
 */
export default async function ProviderPage({
  params,
  searchParams,
}: PageProps<"/keys/[provider]">) {
  const reader = await portalRead("viewer");
  const [{ provider }, query] = await Promise.all([params, searchParams]);
  if (!(await hasProvider(reader.context, provider))) notFound();
  return (
    <Suspense fallback={<KeysSkeleton />}>
      <ProviderKeys reader={reader} provider={provider} query={query} />
    </Suspense>
  );
}

async function ProviderKeys({
  reader: { context, member, env },
  provider,
  query,
}: {
  readonly reader: PortalRead;
  readonly provider: string;
  readonly query: Awaited<PageProps<"/keys/[provider]">["searchParams"]>;
}) {
  const input = readQuery(provider, query);
  const keyId = textOf(query.key);
  const atMs = context.nowMs();
  const [stamp, t, keys, detail, grid, limits, incidents, groups] = await Promise.all([
    readPageStamp(context),
    getTranslations("keys"),
    browseProviderKeys(context, input),
    keyId === undefined ? null : keyOf(context, provider, keyId),
    readKeyGrid(context, provider),
    readProviderLimits(context, provider),
    listIncidents(context, { provider, limit: INCIDENTS_SHOWN }),
    listGroupChoices(context, member),
  ]);
  const inUse = detail === null ? [] : liveLimits(await headers(), env, provider, detail.key.id);
  const { label, counts, canCheck, items, total, figures } = keys;
  const sinceMs = utcDayMs(atMs);
  const all = keysIn([counts]);
  const { q, status, model, group, page, pageSize } = input;
  const filter = { provider, q, status, model, group };
  const isAdmin = member.role === "admin";
  const hints = isAdmin ? await readQuotaHints(context, provider, all) : [];
  const addKeys = isAdmin && (
    <Button asChild size="sm">
      <Link href={`/keys/add?provider=${encodeURIComponent(provider)}`}>
        <Plus aria-hidden />
        {t("addKeys")}
      </Link>
    </Button>
  );
  if (all === 0) {
    return (
      <>
        <PageHeader title={label} description={t("overview.keys", { count: all })} />
        <EmptyState
          icon={KeyRound}
          title={t("empty.title")}
          description={t("empty.description")}
          action={addKeys}
        />
      </>
    );
  }
  return (
    <ClientMessages areas={["keys", "views"]}>
      <PageHeader
        title={label}
        description={t("overview.keys", { count: all })}
        asOf={<AsOf atMs={atMs} stamp={stamp} gapMs={refreshGapMs(all)} />}
        actions={
          <>
            <ViewsButton mayShare={member.role !== "viewer"} size="sm" />
            {isAdmin && (
              <>
                {counts.blocked > 0 && (
                  <DeleteBlockedButton provider={provider} label={label} count={counts.blocked} />
                )}
                {canCheck && <CheckAllButton provider={provider} label={label} count={all} />}
                <ExportMenu filter={filter} label={label} />
                {addKeys}
              </>
            )}
          </>
        }
      />
      <div className="space-y-4">
        <IncidentLines incidents={incidents} />
        <KeyStates counts={counts} />
        {!hasPriceList(provider) && (
          <p className="text-muted-foreground text-sm">
            {t("noPriceList")}{" "}
            {isAdmin && (
              <Link href="/settings/prices" className="underline underline-offset-4">
                {t("setPrices")}
              </Link>
            )}
          </p>
        )}
        <ProviderLimits provider={provider} label={label} limits={limits} isAdmin={isAdmin} />
        <QuotaHints provider={provider} hints={hints} />
        <KeyGrid grid={grid} provider={provider} />
        <KeyGroups groups={groups}>
          <KeyFilters />
          <KeyBrowser
            keys={{ items, total, page, pageSize, figures, sinceMs }}
            filter={filter}
            label={label}
            isAdmin={isAdmin}
            canCheck={canCheck}
            detail={detail}
            limits={limits}
            inUse={inUse}
          />
        </KeyGroups>
        <IncidentList incidents={incidents} />
      </div>
    </ClientMessages>
  );
}

/** Null also for a key of another provider, whose page this isn't. */
async function keyOf(context: PortalRead["context"], provider: string, id: string) {
  const detail = await readProviderKey(context, id).catch(nullIfMissing);
  return detail?.key.provider === provider ? detail : null;
}

function nullIfMissing(error: unknown): null {
  if (error instanceof ManageError && error.code === "not_found") return null;
  throw error;
}

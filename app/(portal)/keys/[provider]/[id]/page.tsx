import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { KeyGroups } from "@/components/keys/groups/key-groups";
import { KeyPanel } from "@/components/keys/sheet/key-panel";
import { SuspectMark } from "@/components/keys/sheet/suspect-mark";
import { PageHeader } from "@/components/page-header";
import { StateBadge } from "@/components/state-badge";
import { listGroupChoices } from "@/lib/manage/groups/list-group-choices";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { readProviderKey } from "@/lib/manage/keys/read-provider-key";
import { readProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import { ManageError } from "@/lib/manage/manage-error";
import { liveLimits } from "@/lib/runtime/live-figures";
import { UseOf } from "../../../usage/use-of";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("keys"))("detail.title") };
}

/** One provider key: its state and why, its use, what holds for it. Without a `loading.tsx`: a missing one is a 404. */
export default async function KeyPage({
  params,
  searchParams,
}: PageProps<"/keys/[provider]/[id]">) {
  const reader = await portalRead("viewer");
  const { context, member, env } = reader;
  const [{ provider, id }, query] = await Promise.all([params, searchParams]);
  const [detail, limits, providers, groups, t] = await Promise.all([
    readProviderKey(context, id),
    readProviderLimits(context, provider),
    allProviders(context),
    listGroupChoices(context, member),
    getTranslations("keys"),
  ]).catch((error: unknown) => {
    if (error instanceof ManageError) notFound();
    throw error;
  });
  const { key } = detail;
  if (key.provider !== provider) notFound();
  const known = providers.find(({ slug }) => slug === provider);
  const label = known?.label ?? provider;
  return (
    <ClientMessages areas={["keys", "requests", "usage"]}>
      <PageHeader
        title={<span className="font-mono">{key.masked}</span>}
        crumbs={[
          { label: t("title"), href: "/keys" },
          { label, href: `/keys/${encodeURIComponent(provider)}` },
          { label: key.masked },
        ]}
        description={
          <span className="flex flex-wrap items-center gap-3">
            <span>{label}</span>
            <StateBadge state={key.state} untilMs={key.cooldowns[0]?.untilMs} />
            {key.suspicion && <SuspectMark />}
          </span>
        }
      />
      <div className="grid grid-cols-1 items-start gap-8 xl:grid-cols-[1fr_26rem]">
        <div className="min-w-0 max-xl:order-last">
          <UseOf reader={reader} of={{ key: id, provider }} params={query} />
        </div>
        <KeyGroups groups={groups}>
          <KeyPanel
            detail={detail}
            label={label}
            limits={limits}
            inUse={liveLimits(await headers(), env, provider, id)}
            isAdmin={member.role === "admin"}
            canCheck={Boolean(known?.keyCheck)}
          />
        </KeyGroups>
      </div>
    </ClientMessages>
  );
}

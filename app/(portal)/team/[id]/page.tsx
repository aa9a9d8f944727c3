import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { Fact, FactList } from "@/components/fact-list";
import { PageHeader } from "@/components/page-header";
import { QuietLink } from "@/components/quiet-link";
import { HolderLimits } from "@/components/team/holder-limits";
import { RoleDialog } from "@/components/team/role-dialog";
import { RelativeTime } from "@/components/time/relative-time";
import { TokenTable } from "@/components/tokens/token-table";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { ManageError } from "@/lib/manage/manage-error";
import { readMember } from "@/lib/manage/team/read-member";
import { listAccessTokens } from "@/lib/manage/tokens/list-access-tokens";
import { readTokenUse } from "@/lib/manage/tokens/read-token-use";
import { UseOf } from "../../usage/use-of";

const TOKENS_SHOWN = 50;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("team"))("page.title") };
}

/** One member: role, limits, tokens and use. Without a `loading.tsx`: a missing one is a 404. */
export default async function MemberPage({ params, searchParams }: PageProps<"/team/[id]">) {
  const reader = await portalRead("admin");
  const { context } = reader;
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const own = { status: "current", limit: TOKENS_SHOWN } as const;
  const [member, { items: tokens }, known, t] = await Promise.all([
    readMember(context, id),
    listAccessTokens(context, { ownerId: id }, own),
    allProviders(context),
    getTranslations("team"),
  ]).catch((error: unknown) => {
    if (error instanceof ManageError) notFound();
    throw error;
  });
  const use = await readTokenUse(
    context,
    tokens.map((token) => token.id),
  );
  const { name, email, role, tokenCount, limits, lastSeenAtMs, createdAtMs } = member;
  return (
    <ClientMessages areas={["auth", "limits", "requests", "team", "tokens", "usage"]}>
      <PageHeader
        title={name}
        crumbs={[{ label: t("title"), href: "/team" }, { label: name }]}
        description={email}
      />
      <div className="grid grid-cols-1 items-start gap-8 xl:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-8 max-xl:order-last">
          {tokens.length > 0 && (
            <section aria-labelledby="tokens" className="space-y-3">
              <h2 id="tokens" className="text-base font-medium">
                {t("columns.tokens")}
              </h2>
              <TokenTable
                tokens={tokens}
                use={use}
                providers={known.map(({ slug, label }) => ({ slug, label }))}
                isAdmin
                withOwners={false}
                mayChange
              />
            </section>
          )}
          <UseOf reader={reader} of={{ user: id }} params={query} without={["keyEvents"]} />
        </div>
        <section aria-labelledby="facts" className="rounded-lg border p-4">
          <h2 id="facts" className="sr-only">
            {t("page.facts")}
          </h2>
          <FactList>
            <Fact name={t("columns.role")}>
              <RoleDialog id={id} name={name} role={role} tokenCount={tokenCount} />
            </Fact>
            <Fact name={t("columns.limits")}>
              <HolderLimits kind="member" id={id} name={name} limits={limits} />
            </Fact>
            <Fact name={t("columns.lastSeen")}>
              {lastSeenAtMs === null ? t("never") : <RelativeTime ms={lastSeenAtMs} />}
            </Fact>
            <Fact name={t("columns.joined")}>
              <RelativeTime ms={createdAtMs} />
            </Fact>
          </FactList>
          <p className="mt-3 text-sm">
            <QuietLink href={`/audit?actor=${encodeURIComponent(id)}`}>
              {t("page.changes")}
            </QuietLink>
          </p>
        </section>
      </div>
    </ClientMessages>
  );
}

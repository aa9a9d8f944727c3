import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { TokenActions } from "@/components/tokens/token-actions";
import { TokenFacts } from "@/components/tokens/token-facts";
import { TokenHistory } from "@/components/tokens/token-history";
import { TokenOwners } from "@/components/tokens/token-owners";
import { roleAllows } from "@/lib/auth/member";
import { listAuditEntries } from "@/lib/manage/audit/list-audit-entries";
import { listGroupChoices } from "@/lib/manage/groups/list-group-choices";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { ManageError } from "@/lib/manage/manage-error";
import { findAccessToken } from "@/lib/manage/tokens/find-access-token";
import { readTokenUse } from "@/lib/manage/tokens/read-token-use";
import { listOwnerChoices } from "@/lib/manage/tokens/token-owner";
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { UseOf } from "../../usage/use-of";

const CHANGES_SHOWN = 30;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tokens"))("page.title") };
}

/** One access token: what it may do, what is left, what it was used for. Without a `loading.tsx`: a missing one is a 404. */
export default async function TokenPage({ params, searchParams }: PageProps<"/tokens/[id]">) {
  const reader = await portalRead("viewer");
  const { context, member } = reader;
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const isAdmin = member.role === "admin";
  const [token, use, known, groups, owners, t] = await Promise.all([
    findAccessToken(context, tokenReach(member), id),
    readTokenUse(context, [id]),
    allProviders(context),
    listGroupChoices(context, member),
    isAdmin ? listOwnerChoices(context) : [],
    getTranslations("tokens"),
  ]).catch((error: unknown) => {
    if (error instanceof ManageError) notFound();
    throw error;
  });
  const changes = isAdmin
    ? await listAuditEntries(context, {
        ...{ subjectKind: "access-token", subjectId: id },
        limit: CHANGES_SHOWN,
      })
    : null;
  const providers = known.map(({ slug, label }) => ({ slug, label }));
  // The token is within the member's reach, so what it was used for may be seen, also if it is someone else's.
  const isOwn = token.owner?.id === member.id;
  const ofToken = isOwn ? reader : { ...reader, member: { ...member, role: "admin" as const } };
  return (
    <ClientMessages areas={["audit", "limits", "requests", "tokens", "usage"]}>
      <PageHeader
        title={token.name}
        crumbs={[{ label: t("title"), href: "/tokens" }, { label: token.name }]}
        description={<span className="font-mono text-xs">{token.masked}</span>}
        actions={
          roleAllows(member.role, "member") && (
            <TokenOwners owners={owners}>
              <TokenActions token={token} providers={providers} isAdmin={isAdmin} />
            </TokenOwners>
          )
        }
      />
      <div className="grid grid-cols-1 items-start gap-8 xl:grid-cols-[1fr_22rem]">
        <div className="min-w-0 max-xl:order-last">
          <UseOf reader={ofToken} of={{ token: id }} params={query} without={["keyEvents"]} />
        </div>
        <div className="space-y-4">
          <TokenFacts
            token={token}
            use={use[id]}
            providers={providers}
            groups={groups}
            isAdmin={isAdmin}
          />
          {changes !== null && <TokenHistory entries={changes.items} />}
        </div>
      </div>
    </ClientMessages>
  );
}

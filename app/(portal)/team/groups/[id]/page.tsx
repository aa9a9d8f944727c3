import { Import, Plus } from "lucide-react";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { type PortalRead, portalRead } from "@/app/portal-read";
import { AuditTable } from "@/components/audit/audit-table";
import { BudgetTable } from "@/components/budgets/budget-table";
import { ClientMessages } from "@/components/client-messages";
import { AddGroupMember } from "@/components/groups/add-group-member";
import { EditGroup } from "@/components/groups/edit-group";
import { GroupFacts } from "@/components/groups/group-facts";
import { GroupKeys } from "@/components/groups/group-keys";
import { GroupMembers } from "@/components/groups/group-members";
import { GroupSection } from "@/components/groups/group-section";
import { RemoveGroup } from "@/components/groups/remove-group";
import { Link } from "@/components/link";
import { PageHeader } from "@/components/page-header";
import { TokenTable } from "@/components/tokens/token-table";
import { Button } from "@/components/ui/button";
import { assertTendsGroup } from "@/lib/manage/groups/group-access";
import { listGroupChanges } from "@/lib/manage/groups/list-group-changes";
import { readGroup } from "@/lib/manage/groups/read-group";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { ManageError } from "@/lib/manage/manage-error";
import { listMembers } from "@/lib/manage/team/list-members";
import { listAccessTokens } from "@/lib/manage/tokens/list-access-tokens";
import { readTokenUse } from "@/lib/manage/tokens/read-token-use";
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { readBudgets } from "@/lib/manage/usage/read-budgets";
import { liveHolds } from "@/lib/runtime/live-figures";
import { UseOf } from "../../../usage/use-of";

const TOKENS_SHOWN = 50;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("page.title") };
}

/**
 * One group: its limits, members, tokens, keys, use and changes. A group's admin tends its tokens and keys; the rest is
 * for admins of the team to change. Without a `loading.tsx`: a missing one is a 404.
 */
export default async function GroupPage({ params, searchParams }: PageProps<"/team/groups/[id]">) {
  const reader = await portalRead("groupAdmin");
  const { context, member, env } = reader;
  const isAdmin = member.role === "admin";
  const reach = tokenReach(member);
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const { group, providers } = await readGroupOf(reader, id);
  const own = { group: id, status: "current", limit: TOKENS_SHOWN } as const;
  const [{ items: tokens }, known, team, holders, changes, t, teamWords] = await Promise.all([
    listAccessTokens(context, reach, own),
    allProviders(context),
    isAdmin ? listMembers(context) : [],
    readBudgets(context, reach, liveHolds(await headers(), env)),
    listGroupChanges(context, id),
    getTranslations("groups"),
    getTranslations("team"),
  ]);
  const use = await readTokenUse(
    context,
    tokens.map((token) => token.id),
  );
  const limited = holders.filter((holder) => holder.id === id);
  const isIn = new Set(group.members.map((member) => member.id));
  const others = team
    .filter((member) => !isIn.has(member.id))
    .map(({ id, name, email }) => ({ id, name, email }));
  const { name, usesCommonKeys, weight } = group;
  return (
    <ClientMessages areas={["audit", "groups", "limits", "requests", "team", "tokens", "usage"]}>
      <PageHeader
        title={name}
        crumbs={[
          ...(isAdmin ? [{ label: teamWords("title"), href: "/team" } as const] : []),
          { label: t("title"), href: "/team/groups" },
          { label: name },
        ]}
        actions={
          isAdmin && (
            <>
              <EditGroup id={id} settings={{ name, usesCommonKeys, weight }} />
              <RemoveGroup id={id} name={name} keys={group.keys} tokens={group.tokens} />
            </>
          )
        }
      />
      <div className="grid grid-cols-1 items-start gap-8 xl:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-8 max-xl:order-last">
          {limited.length > 0 && (
            <GroupSection title={t("page.limits")}>
              <BudgetTable holders={limited} />
            </GroupSection>
          )}
          <GroupSection
            title={t("page.members")}
            action={isAdmin && <AddGroupMember groupId={id} groupName={name} others={others} />}
            empty={group.members.length === 0 && t("page.noMembers")}
          >
            <GroupMembers group={group} isAdmin={isAdmin} />
          </GroupSection>
          <GroupSection
            title={t("page.tokens")}
            action={
              <Button asChild variant="outline" size="sm">
                <Link href={`/tokens?new=true&group=${id}`} prefetch={false}>
                  <Plus aria-hidden />
                  {t("page.createToken")}
                </Link>
              </Button>
            }
            empty={tokens.length === 0 && t("page.noTokens")}
          >
            <TokenTable
              tokens={tokens}
              use={use}
              providers={known.map(({ slug, label }) => ({ slug, label }))}
              isAdmin={isAdmin}
              withOwners
              mayChange
            />
            {group.tokens > tokens.length && (
              <p className="text-muted-foreground text-sm">
                {t("page.moreTokens", { count: tokens.length, total: group.tokens })}
              </p>
            )}
          </GroupSection>
          <GroupSection
            title={t("page.keys")}
            action={
              <span className="flex gap-2">
                <Button asChild variant="outline" size="sm">
                  <Link href={`/keys/add?group=${id}`} prefetch={false}>
                    <Plus aria-hidden />
                    {t("page.addKeys")}
                  </Link>
                </Button>
                <Button asChild variant="outline" size="sm">
                  <Link href={`/keys/import?group=${id}`} prefetch={false}>
                    <Import aria-hidden />
                    {t("page.importKeys")}
                  </Link>
                </Button>
              </span>
            }
            empty={
              providers.length === 0 &&
              (usesCommonKeys ? t("page.noKeys") : t("page.noKeysOnlyOwn"))
            }
          >
            <GroupKeys groupId={id} providers={providers} />
          </GroupSection>
          <UseOf reader={reader} of={{ group: id }} params={query} without={["keyEvents"]} />
          {changes.length > 0 && (
            <GroupSection title={t("page.changesTitle")}>
              <AuditTable entries={changes} />
            </GroupSection>
          )}
        </div>
        <GroupFacts group={group} isAdmin={isAdmin} />
      </div>
    </ClientMessages>
  );
}

async function readGroupOf({ context, member }: PortalRead, id: string) {
  try {
    await assertTendsGroup(context, member, id);
    return await readGroup(context, id);
  } catch (error) {
    if (error instanceof ManageError) notFound();
    throw error;
  }
}

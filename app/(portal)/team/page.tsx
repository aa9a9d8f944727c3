import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { InviteDialog } from "@/components/team/invite-dialog";
import { InvitesTable } from "@/components/team/invites-table";
import { MembersTable } from "@/components/team/members-table";
import { listInvites } from "@/lib/manage/team/list-invites";
import { listMembers } from "@/lib/manage/team/list-members";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("team"))("title") };
}

export default async function TeamPage() {
  const { context, member } = await portalRead("admin");
  const [members, invites, t] = await Promise.all([
    listMembers(context),
    listInvites(context),
    getTranslations("team"),
  ]);
  const openInvites = t("invites.open", { count: invites.length });
  return (
    <ClientMessages areas={["auth", "limits", "team"]}>
      <PageHeader
        title={t("title")}
        description={t("description", { count: members.length })}
        actions={<InviteDialog />}
      />
      <MembersTable members={members} ownId={member.id} />
      {invites.length > 0 && (
        <section className="mt-10">
          <h2 className="mb-3 font-medium">{openInvites}</h2>
          <InvitesTable invites={invites} label={openInvites} />
        </section>
      )}
    </ClientMessages>
  );
}

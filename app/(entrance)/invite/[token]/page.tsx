import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { visitorContext } from "@/app/entrance-action";
import { portalEnv } from "@/app/portal-context";
import { EntranceHeading } from "@/components/auth/entrance-heading";
import { InviteForm } from "@/components/auth/invite-form";
import { ServiceButtons } from "@/components/auth/service-buttons";
import { ClientMessages } from "@/components/client-messages";
import { signInEnv } from "@/lib/auth/sign-in-env";
import { allowsPasswords, signInServices } from "@/lib/auth/sign-in-services";
import { findInvite } from "@/lib/manage/team/find-invite";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("invite.title") };
}

export default async function InvitePage({ params }: PageProps<"/invite/[token]">) {
  const { token } = await params;
  const env = portalEnv();
  const invite = await findInvite(visitorContext(env), token);
  if (invite === null) notFound();
  const [t, ways] = await Promise.all([getTranslations("auth"), signInEnv(env)]);
  const role = t(`role.${invite.role}`);
  const description =
    invite.createdByName === null
      ? t("invite.description", { role })
      : t("invite.descriptionFrom", { role, name: invite.createdByName });
  return (
    <ClientMessages areas={["auth"]}>
      <EntranceHeading
        title={t("invite.title")}
        description={
          <>
            {description} {t(`roleMeaning.${invite.role}`)}
          </>
        }
      />
      <div className="space-y-6">
        <ServiceButtons
          services={signInServices(ways)}
          next="/"
          inviteToken={token}
          withPassword={allowsPasswords(ways)}
        />
        {allowsPasswords(ways) && <InviteForm token={token} email={invite.email} />}
      </div>
    </ClientMessages>
  );
}

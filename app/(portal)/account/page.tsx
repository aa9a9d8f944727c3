import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { DisplayForm } from "@/components/auth/display-form";
import { PasswordForm } from "@/components/auth/password-form";
import { ProfileForm } from "@/components/auth/profile-form";
import { SERVICE_NAMES } from "@/components/auth/service-names";
import { SessionList } from "@/components/auth/session-list";
import { SignOutEverywhere } from "@/components/auth/sign-out-everywhere";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { PageSection } from "@/components/page-section";
import { displayChoices } from "@/i18n/request-reader";
import { signInEnv } from "@/lib/auth/sign-in-env";
import { allowsPasswords } from "@/lib/auth/sign-in-services";
import { listOwnSessions } from "@/lib/manage/team/own-sessions";
import { readAccount } from "@/lib/manage/team/read-account";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("account.title") };
}

export default async function AccountPage() {
  const { context, env } = await portalRead("viewer");
  const [account, sessions, choices, t, ways] = await Promise.all([
    readAccount(context),
    listOwnSessions(context),
    displayChoices(),
    getTranslations("auth"),
    signInEnv(env),
  ]);
  const services = account.services.map((id) => SERVICE_NAMES[id as "github"] ?? id);
  return (
    <ClientMessages areas={["auth"]}>
      <PageHeader title={t("account.title")} description={t("account.description")} />
      <div className="max-w-3xl">
        <PageSection
          title={t("account.profile")}
          description={
            <>
              <span className="block break-all">{account.email}</span>
              {t(`roleMeaning.${account.role}`)}
            </>
          }
        >
          <ProfileForm name={account.name} />
        </PageSection>
        {allowsPasswords(ways) && (
          <PageSection
            title={t("account.password")}
            description={
              services.length === 0
                ? t("account.passwordDescription")
                : t("account.passwordBeside", { services: services.join(", ") })
            }
          >
            <PasswordForm hasPassword={account.hasPassword} />
          </PageSection>
        )}
        <PageSection
          title={t("account.display.title")}
          description={t("account.display.description")}
        >
          <DisplayForm {...choices} zones={Intl.supportedValuesOf("timeZone")} />
        </PageSection>
        <PageSection title={t("account.sessions")} description={t("account.sessionsDescription")}>
          <div className="space-y-4">
            {sessions.length > 0 && <SessionList sessions={sessions} />}
            <SignOutEverywhere />
          </div>
        </PageSection>
      </div>
    </ClientMessages>
  );
}

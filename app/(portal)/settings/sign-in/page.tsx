import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { SettingsSection } from "@/components/settings/settings-section";
import { DirectoryForm } from "@/components/settings/sign-in/directory-form";
import { PasswordsForm } from "@/components/settings/sign-in/passwords-form";
import { SignInTest } from "@/components/settings/sign-in/sign-in-test";
import { readSignInSettings } from "@/lib/manage/settings/sign-in-settings";
import { callbackUrl, signInDeployment } from "@/lib/runtime/sign-in";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("signIn") };
}

/** How members sign in: the team's directory, and passwords. */
export default async function SignInPage() {
  const { context, env } = await portalRead("admin");
  const asked = await headers();
  const [t, settings] = await Promise.all([
    getTranslations("settings.signIn"),
    readSignInSettings(context, signInDeployment(env, asked)),
  ]);
  return (
    <>
      <SettingsSection id="directory" title={t("title")} description={t("description")}>
        <div className="space-y-5">
          <p className="text-sm">
            {t("callback")}{" "}
            <code className="bg-muted rounded px-1 py-0.5 text-xs break-all">
              {callbackUrl(asked)}
            </code>
          </p>
          {settings.isByVariable ? (
            <p className="text-sm break-words">{t("byVariable", { issuer: settings.issuer })}</p>
          ) : (
            <DirectoryForm settings={settings} />
          )}
          {settings.issuer !== "" && settings.hasSecret && <SignInTest />}
        </div>
      </SettingsSection>
      <SettingsSection
        id="passwords"
        title={t("passwordsTitle")}
        description={t("passwordsDescription")}
      >
        {settings.isPasswordsByVariable ? (
          <p className="text-sm">{t("passwordsByVariable")}</p>
        ) : (
          <PasswordsForm isAllowed={settings.passwords} />
        )}
      </SettingsSection>
    </>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { AppearanceForm } from "@/components/settings/appearance-form";
import { SettingsSection } from "@/components/settings/settings-section";
import { readSettings } from "@/lib/manage/settings/read-settings";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("appearance") };
}

/** How the portal looks to people without their own choice. */
export default async function AppearancePage() {
  const { context } = await portalRead("admin");
  const [t, settings] = await Promise.all([
    getTranslations("settings.appearance"),
    readSettings(context),
  ]);
  return (
    <SettingsSection id="appearance" title={t("title")} description={t("description")}>
      <AppearanceForm settings={settings.appearance} />
    </SettingsSection>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { PricesForm } from "@/components/settings/prices-form";
import { SettingsSection } from "@/components/settings/settings-section";
import { listUpstreams } from "@/lib/manage/providers/list-upstreams";
import { readSettings } from "@/lib/manage/settings/read-settings";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("prices") };
}

/** The team's prices that differ from the public ones. */
export default async function PricesPage() {
  const { context } = await portalRead("admin");
  const [t, settings, upstreams] = await Promise.all([
    getTranslations("settings.prices"),
    readSettings(context),
    listUpstreams(context),
  ]);
  return (
    <SettingsSection id="prices" title={t("title")} description={t("description")}>
      <PricesForm settings={settings.prices} providers={upstreams.map(({ slug }) => slug)} />
    </SettingsSection>
  );
}

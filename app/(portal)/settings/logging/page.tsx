import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { LoggingForm } from "@/components/settings/logging-form";
import { MeteringForm } from "@/components/settings/metering-form";
import { RetentionForm } from "@/components/settings/retention-form";
import { SettingsSection } from "@/components/settings/settings-section";
import { TagLimitsForm } from "@/components/settings/tag-limits-form";
import { TagsForm } from "@/components/settings/tags-form";
import { readSettings } from "@/lib/manage/settings/read-settings";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("logging") };
}

/** What is recorded about requests, and for how long. */
export default async function LoggingPage() {
  const { context } = await portalRead("admin");
  const [t, settings] = await Promise.all([getTranslations("settings"), readSettings(context)]);
  return (
    <>
      <SettingsSection
        id="logging"
        title={t("logging.title")}
        description={t("logging.description")}
      >
        <LoggingForm settings={settings.logging} />
      </SettingsSection>
      <SettingsSection
        id="retention"
        title={t("retention.title")}
        description={t("retention.description")}
      >
        <RetentionForm settings={settings.retention} />
      </SettingsSection>
      <SettingsSection
        id="metering"
        title={t("metering.title")}
        description={t("metering.description")}
      >
        <MeteringForm settings={settings.metering} />
      </SettingsSection>
      <SettingsSection id="tags" title={t("tags.title")} description={t("tags.description")}>
        <TagsForm settings={settings.tags} />
      </SettingsSection>
      <SettingsSection
        id="tag-limits"
        title={t("tagLimits.title")}
        description={t("tagLimits.description")}
      >
        <TagLimitsForm settings={settings.tags} />
      </SettingsSection>
    </>
  );
}

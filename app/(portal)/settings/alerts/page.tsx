import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { AlertList } from "@/components/settings/alert-list";
import { AlertTest } from "@/components/settings/alert-test";
import { AlertsForm } from "@/components/settings/alerts-form";
import { SettingsSection } from "@/components/settings/settings-section";
import { listAlerts } from "@/lib/manage/list-alerts";
import { webhookForm } from "@/lib/manage/post-alert";
import { readSettings } from "@/lib/manage/read-settings";
import { alertWebhook } from "@/lib/runtime/alert-webhook";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("alerts") };
}

/** Where alerts go, when, and what became of them. The webhook's address is a secret: its host is shown. */
export default async function AlertsPage() {
  const { context, env } = await portalRead("admin");
  const locale = await getLocale();
  const [t, settings, alerts] = await Promise.all([
    getTranslations("settings.alerts"),
    readSettings(context),
    listAlerts(context, locale),
  ]);
  const webhook = alertWebhook(env);
  return (
    <>
      <SettingsSection id="webhook" title={t("title")} description={t("description")}>
        {webhook === null ? (
          <p className="text-sm">{t("none")}</p>
        ) : (
          <div className="space-y-3">
            <p className="text-sm">
              {t("goesTo", {
                host: URL.canParse(webhook.url) ? new URL(webhook.url).host : "?",
                form: webhookForm(webhook.url),
                signed: webhook.secret === null ? "no" : "yes",
              })}
            </p>
            <AlertTest />
          </div>
        )}
      </SettingsSection>
      <SettingsSection id="when" title={t("when")} description={t("whenDescription")}>
        <AlertsForm settings={settings.alerts} />
      </SettingsSection>
      <SettingsSection id="log" title={t("log")} description={t("logDescription")}>
        <AlertList alerts={alerts} />
      </SettingsSection>
    </>
  );
}

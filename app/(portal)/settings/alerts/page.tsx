import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { AlertList } from "@/components/settings/alerts/alert-list";
import { AlertMailForm } from "@/components/settings/alerts/alert-mail-form";
import { AlertTargetForm } from "@/components/settings/alerts/alert-target-form";
import { AlertTest } from "@/components/settings/alerts/alert-test";
import { AlertsForm } from "@/components/settings/alerts/alerts-form";
import { SettingsSection } from "@/components/settings/settings-section";
import { languageOf } from "@/i18n/locale";
import { readAlertTargets } from "@/lib/manage/alerts/alert-targets";
import { listAlerts } from "@/lib/manage/alerts/list-alerts";
import { mailForm } from "@/lib/manage/alerts/mail-alert";
import { webhookForm } from "@/lib/manage/alerts/post-alert";
import { readSettings } from "@/lib/manage/settings/read-settings";
import { alertSenders } from "@/lib/runtime/alert-senders";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("alerts") };
}

/** Where alerts are sent, when, and their deliveries. Addresses may be secrets: only their host is shown. */
export default async function AlertsPage() {
  const { context, env } = await portalRead("admin");
  const locale = languageOf(await getLocale());
  const [t, settings, targets, alerts] = await Promise.all([
    getTranslations("settings.alerts"),
    readSettings(context),
    readAlertTargets(context),
    listAlerts(context, locale),
  ]);
  const { alertWebhook: webhook, mailApi } = alertSenders(env);
  const hasMail = mailApi !== null || targets.hasMailKey;
  const { mailFrom, mailTo } = settings.alerts;
  return (
    <>
      <SettingsSection id="webhook" title={t("title")} description={t("description")}>
        <div className="space-y-5">
          {webhook === null ? (
            <AlertTargetForm kind="webhook" targets={targets} />
          ) : (
            <p className="text-sm">
              {t("goesTo", {
                host: hostOf(webhook.url),
                form: webhookForm(webhook.url),
                signed: webhook.secret === null ? "no" : "yes",
              })}
            </p>
          )}
          {(webhook !== null || targets.webhookHost !== "") && <AlertTest channel="webhook" />}
        </div>
      </SettingsSection>
      <SettingsSection id="mail" title={t("mail")} description={t("mailDescription")}>
        <div className="space-y-5">
          {mailApi === null ? (
            <AlertTargetForm kind="mail" targets={targets} />
          ) : (
            <p className="text-sm">
              {t("mailGoesTo", { host: hostOf(mailApi.url), form: mailForm(mailApi.url) })}
            </p>
          )}
          {hasMail && <AlertMailForm settings={settings.alerts} />}
          {hasMail && mailFrom !== "" && mailTo.length > 0 && <AlertTest channel="mail" />}
        </div>
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

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "?";
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { BackupForm } from "@/components/settings/backup/backup-form";
import { RestoreForm } from "@/components/settings/backup/restore-form";
import { SettingsSection } from "@/components/settings/settings-section";
import { readBackupState } from "@/lib/manage/backup/read-backup-state";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("backup") };
}

/** The whole instance as a file, and back into an empty one. */
export default async function BackupPage() {
  const { context } = await portalRead("admin");
  const [t, { occupation }] = await Promise.all([
    getTranslations("settings.backup"),
    readBackupState(context),
  ]);
  return (
    <>
      <SettingsSection id="backup" title={t("title")} description={t("description")}>
        <BackupForm />
      </SettingsSection>
      <SettingsSection id="restore" title={t("restore")} description={t("restoreDescription")}>
        {occupation === "occupied" ? (
          <p className="text-sm">{t("occupied")}</p>
        ) : (
          <div className="space-y-4">
            {occupation === "unfinished" && (
              <p className="text-cooling text-sm">{t("unfinished")}</p>
            )}
            <RestoreForm />
          </div>
        )}
      </SettingsSection>
    </>
  );
}

import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { AwaitMaintenance } from "@/components/settings/await-maintenance";
import { RunMaintenance } from "@/components/settings/run-maintenance";
import { SecretSection } from "@/components/settings/secret-section";
import { SettingsSection } from "@/components/settings/settings-section";
import { UpkeepResult } from "@/components/settings/upkeep-result";
import { RelativeTime } from "@/components/time/relative-time";
import { readUpkeepView } from "@/lib/manage/settings/read-upkeep";
import { liveLeases } from "@/lib/runtime/live-figures";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("maintenance") };
}

/** The last maintenance run, and when blocked keys are re-checked. */
export default async function MaintenancePage() {
  const { context, env } = await portalRead("admin");
  const leases = liveLeases(await headers(), env);
  const [t, view] = await Promise.all([
    getTranslations("settings.maintenance"),
    readUpkeepView(context),
  ]);
  const { startedBy, finishedAtMs, report, state, rechecks, lostRecords } = view;
  return (
    <>
      <SettingsSection
        id="maintenance"
        title={t("title")}
        description={t("description")}
        action={<RunMaintenance />}
      >
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
          <dt className="text-muted-foreground">{t("last")}</dt>
          <dd>
            {finishedAtMs === null ? (
              t("never")
            ) : (
              <>
                <RelativeTime ms={finishedAtMs} />
                {startedBy !== null && state === "idle" && `, ${t(`startedBy.${startedBy}`)}`}
              </>
            )}
            {state === "running" && (
              <p className="text-muted-foreground" role="status">
                {t("underWay")}
                <AwaitMaintenance />
              </p>
            )}
            {state === "cut" && <p className="text-cooling">{t("cut")}</p>}
          </dd>
          {report !== null && (
            <>
              <dt className="text-muted-foreground">{t("result")}</dt>
              <dd>
                <UpkeepResult report={report} />
              </dd>
            </>
          )}
          <dt className="text-muted-foreground">{t("lost")}</dt>
          <dd className={lostRecords > 0 ? "text-cooling" : undefined}>
            {t("lostRecords", { count: lostRecords })}
          </dd>
          <dt className="text-muted-foreground">{t("leases")}</dt>
          <dd className={leases.awaySinceMs === null ? undefined : "text-cooling"}>
            {leases.awaySinceMs === null
              ? t(`leasesBy.${leases.by}`)
              : t.rich("leasesAway", { since: () => <RelativeTime ms={leases.awaySinceMs} /> })}
          </dd>
        </dl>
      </SettingsSection>
      <SettingsSection id="rechecks" title={t("rechecks")} description={t("rechecksHint")}>
        <p className="text-sm">
          {t("waiting", { count: rechecks.keys })}
          {rechecks.nextAtMs !== null && (
            <>
              {" · "}
              {t.rich("next", { time: () => <RelativeTime ms={rechecks.nextAtMs} /> })}
            </>
          )}
        </p>
      </SettingsSection>
      <SecretSection context={context} />
    </>
  );
}

import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { IncidentLines } from "@/components/incidents/incident-lines";
import { IncidentList } from "@/components/incidents/incident-list";
import { AsOf } from "@/components/live/as-of";
import { ChangeList } from "@/components/overview/change-list";
import { areFirstStepsDone, FirstSteps, WaitForKeys } from "@/components/overview/first-steps";
import { PoolTable } from "@/components/overview/pool-table";
import { QuotaTable } from "@/components/overview/quota-table";
import { RecentUse } from "@/components/overview/recent-use";
import { StatusLine } from "@/components/overview/status-line";
import { TodayFigures } from "@/components/overview/today-figures";
import { PageHeader } from "@/components/page-header";
import { LogThinningNotice } from "@/components/usage/log-thinning-notice";
import { roleAllows } from "@/lib/auth/member";
import { listIncidents } from "@/lib/manage/alerts/list-incidents";
import { readQuotaForecasts } from "@/lib/manage/limits/read-quota-forecasts";
import { keysIn, readPageStamp, refreshGapMs } from "@/lib/manage/page-refresh";
import { readFirstSteps } from "@/lib/manage/read-first-steps";
import { overviewTroubles } from "@/lib/manage/usage/overview-troubles";
import { readLogThinning } from "@/lib/manage/usage/read-log-thinning";
import { readOverviewUsage } from "@/lib/manage/usage/read-overview-usage";
import { readPoolOverview } from "@/lib/manage/usage/read-pool-overview";
import { todayStartMs } from "../usage/usage-query";

const INCIDENTS_SHOWN = 5;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("overview");
  return { title: t("title") };
}

/** Whether anything is wrong, what today brought, whether it will last, and what happened recently. */
export default async function OverviewPage() {
  const { context, member } = await portalRead("viewer");
  const isAdmin = roleAllows(member.role, "admin");
  const isOwn = member.role === "member";
  const atMs = context.nowMs();
  const todayMs = todayStartMs(atMs, await getTimeZone());
  const [stamp, t, { pools, changes }, usage, forecasts, thinning, incidents] = await Promise.all([
    readPageStamp(context),
    getTranslations("overview"),
    readPoolOverview(context, { withPeople: isAdmin }),
    readOverviewUsage(context, member, todayMs),
    readQuotaForecasts(context),
    readLogThinning(context),
    listIncidents(context, { limit: INCIDENTS_SHOWN }),
  ]);
  const steps = isAdmin ? await readFirstSteps(context, pools.length > 0) : null;
  if (pools.length === 0) {
    return (
      <>
        <PageHeader title={t("title")} />
        {steps === null ? <WaitForKeys /> : <FirstSteps done={steps} />}
      </>
    );
  }
  // During an incident, "all pools serving" would contradict it.
  const troubles = overviewTroubles(pools, forecasts);
  const isIncident = incidents.some(({ endedAt }) => endedAt === null);
  return (
    <ClientMessages areas={["usage"]}>
      <PageHeader
        title={t("title")}
        asOf={<AsOf atMs={atMs} stamp={stamp} gapMs={refreshGapMs(keysIn(pools))} />}
      />
      {!isOwn && <LogThinningNotice thinning={thinning} mayChange={isAdmin} />}
      <div className="space-y-8">
        {steps !== null && !areFirstStepsDone(steps) && <FirstSteps done={steps} />}
        <div className="space-y-3">
          <IncidentLines incidents={incidents} />
          {(!isIncident || troubles.length > 0) && (
            <StatusLine health={pools[0]?.health ?? "off"} troubles={troubles} />
          )}
        </div>
        <TodayFigures
          today={usage.today}
          compared={usage.compared}
          pools={pools}
          forecasts={forecasts}
        />
        <RecentUse usage={usage} isOwn={isOwn} />
        <PoolTable pools={pools} />
        <QuotaTable forecasts={forecasts} />
        <IncidentList incidents={incidents} />
        <ChangeList changes={changes} />
      </div>
    </ClientMessages>
  );
}

import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { AsOf } from "@/components/live/as-of";
import { PageHeader } from "@/components/page-header";
import { LogThinningNotice } from "@/components/usage/log-thinning-notice";
import { MonthCosts } from "@/components/usage/month-costs";
import { UsageBoardView } from "@/components/usage/usage-board-view";
import { UsageFilters } from "@/components/usage/usage-filters";
import { ViewsButton } from "@/components/views/views-button";
import { roleAllows } from "@/lib/auth/member";
import { listMarks } from "@/lib/manage/audit/list-marks";
import { readPageStamp, refreshGapMs } from "@/lib/manage/page-refresh";
import { readLogThinning } from "@/lib/manage/usage/read-log-thinning";
import { readMonthCosts } from "@/lib/manage/usage/read-month-costs";
import { readUsageBoard } from "@/lib/manage/usage/read-usage-board";
import { isTagGroup, tagGroup } from "@/lib/manage/usage/tag-question";
import { OUTCOMES } from "@/lib/usage/types";
import { GROUPS, RANGES, usageQueryOf } from "./usage-query";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("usage"))("title") };
}

/** Who and what spends: a member's own usage, or the team's. */
export default async function UsagePage({ searchParams }: PageProps<"/usage">) {
  const { context, member } = await portalRead("viewer");
  const atMs = context.nowMs();
  const query = usageQueryOf(await searchParams, atMs, await getTimeZone());
  const [stamp, board, marks, month, thinning, t] = await Promise.all([
    readPageStamp(context),
    readUsageBoard(context, member, query),
    listMarks(context, query, {
      provider: query.provider,
      withChanges: member.role === "admin",
    }),
    readMonthCosts(context, member, query),
    readLogThinning(context),
    getTranslations("usage"),
  ]);
  const isOwn = member.role === "member";
  const { groupBy, grain, tag } = query;
  const isOfTag = tag !== undefined || isTagGroup(groupBy);
  const nameOf = (id: string) => board.names[id] ?? id;
  const named = (ids: readonly string[]) => ids.map((value) => ({ value, label: nameOf(value) }));
  const { choices } = board;
  return (
    <ClientMessages areas={["usage", "views"]}>
      <PageHeader
        title={t("title")}
        description={t(isOwn ? "descriptionOwn" : "description")}
        asOf={<AsOf atMs={atMs} stamp={stamp} gapMs={refreshGapMs(0)} />}
        actions={<ViewsButton mayShare={member.role !== "viewer"} />}
      />
      <UsageFilters
        ranges={RANGES.map((value) => ({ value, label: t(`ranges.${value}`) }))}
        groups={[
          ...GROUPS.filter(
            (value) =>
              (!isOwn || (value !== "key" && value !== "user")) &&
              (value !== "group" || choices.groups.length > 0),
          ).map((value) => ({ value, label: t(`groups.${value}`) })),
          ...choices.tagNames.map((name) => ({
            value: tagGroup(name),
            label: t("groups.tag", { name }),
          })),
        ]}
        filters={[
          {
            name: "provider",
            choices: choices.providers.map((value) => ({
              value,
              label: board.providerNames[value] ?? value,
            })),
          },
          ...(groupBy === "key" && grain === "day"
            ? []
            : [{ name: "model" as const, choices: named(choices.models) }]),
          ...(groupBy === "key" || isOfTag
            ? []
            : [{ name: "token" as const, choices: named(choices.tokens) }]),
          ...(groupBy === "key" || choices.tags.length === 0
            ? []
            : [
                {
                  name: "tags" as const,
                  choices: choices.tags.map((value) => ({ value, label: value })),
                },
              ]),
          ...(groupBy === "key" || isOwn
            ? []
            : [{ name: "user" as const, choices: named(choices.users) }]),
          {
            name: "outcome",
            choices: OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) })),
          },
        ]}
      />
      {!isOwn && (
        <LogThinningNotice thinning={thinning} mayChange={roleAllows(member.role, "admin")} />
      )}
      <div className="space-y-8">
        <UsageBoardView
          board={board}
          query={query}
          marks={marks}
          isAdmin={member.role === "admin"}
        />
        {month !== null && (
          <MonthCosts
            report={month}
            groupBy={groupBy}
            provider={query.provider}
            isAdmin={member.role === "admin"}
          />
        )}
      </div>
    </ClientMessages>
  );
}

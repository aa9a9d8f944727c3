"use client";

import { useTranslations } from "next-intl";
import { CopyButton } from "@/components/copy-button";
import { UNKNOWN } from "@/components/format";
import { LastUse } from "@/components/time/last-use";
import { RelativeTime } from "@/components/time/relative-time";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import { useKeyGroups } from "../groups/key-groups";
import { Serves } from "../groups/serves";

/** A key's origin and last use; its settings too, for members who can't change them. */
export function KeyFacts({
  view,
  withSettings,
}: {
  readonly view: ProviderKeyView;
  readonly withSettings: boolean;
}) {
  const t = useTranslations("keys");
  const hasGroups = useKeyGroups().length > 0;
  const settings = [
    ["remark", view.remark ?? UNKNOWN],
    ["weight", view.weight],
    ["priority", view.priority],
    ["quotaDomain", view.quotaDomain ?? UNKNOWN],
    ["models", view.models?.join(", ") ?? t("models.all")],
    ["concurrentRequests", view.concurrentRequests ?? UNKNOWN],
    ["dailyCostUsd", view.dailyCostUsd ?? UNKNOWN],
    ["monthlyCostUsd", view.monthlyCostUsd ?? UNKNOWN],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1.5">
      <dt className="text-muted-foreground">{t("detail.lastUsed")}</dt>
      <dd>
        <LastUse ms={view.lastUsedAtMs} />
      </dd>
      <dt className="text-muted-foreground">{t("detail.created")}</dt>
      <dd>
        <RelativeTime ms={view.createdAtMs} />
      </dd>
      <dt className="text-muted-foreground">{t("detail.addedBy")}</dt>
      <dd className="truncate">{view.addedBy ?? UNKNOWN}</dd>
      <dt className="text-muted-foreground">ID</dt>
      <dd className="flex min-w-0 items-center gap-1 font-mono text-xs">
        <span className="truncate">{view.id}</span>
        <CopyButton value={view.id} />
      </dd>
      {(hasGroups || view.groups !== null) && (
        <>
          <dt className="text-muted-foreground">{t("field.groups")}</dt>
          <dd className="break-words">
            <Serves groups={view.groups} withLinks={!withSettings} />
          </dd>
        </>
      )}
      {withSettings &&
        settings.map(([field, value]) => (
          <div key={field} className="contents">
            <dt className="text-muted-foreground">{t(`field.${field}`)}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

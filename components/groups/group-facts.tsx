import { getTranslations } from "next-intl/server";
import { CopyButton } from "@/components/copy-button";
import { Fact, FactList } from "@/components/fact-list";
import { QuietLink } from "@/components/quiet-link";
import { HolderLimits } from "@/components/team/holder-limits";
import { RelativeTime } from "@/components/time/relative-time";
import type { GroupItem } from "@/lib/manage/groups/list-groups";
import { limitsOf } from "@/lib/usage/token-limits";

/** What holds for a group. */
export async function GroupFacts({
  group,
  isAdmin,
}: {
  readonly group: GroupItem;
  /** Whether the reader, an admin of the team, may change its limits and open the audit log. */
  readonly isAdmin: boolean;
}) {
  const t = await getTranslations("groups");
  const { id, name, usesCommonKeys, weight, createdAt } = group;
  return (
    <section aria-labelledby="facts" className="rounded-lg border p-4">
      <h2 id="facts" className="sr-only">
        {t("page.facts")}
      </h2>
      <FactList>
        {isAdmin && (
          <Fact name={t("columns.limits")}>
            <HolderLimits kind="group" id={id} name={name} limits={limitsOf(group)} />
          </Fact>
        )}
        <Fact name={t("columns.common")}>{t(usesCommonKeys ? "common.yes" : "common.no")}</Fact>
        {usesCommonKeys && <Fact name={t("columns.weight")}>{weight}</Fact>}
        <Fact name={t("columns.created")}>
          <RelativeTime ms={createdAt} />
        </Fact>
        <Fact name={t("columns.id")}>
          <span className="flex items-start gap-1">
            <code className="min-w-0 font-mono text-xs break-all">{id}</code>
            <CopyButton value={id} />
          </span>
        </Fact>
      </FactList>
      {isAdmin && (
        <p className="mt-3 text-sm">
          <QuietLink href={`/audit?subject=${encodeURIComponent(`group/${id}`)}`}>
            {t("page.changes")}
          </QuietLink>
        </p>
      )}
    </section>
  );
}

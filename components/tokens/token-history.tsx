"use client";

import { useTranslations } from "next-intl";
import { actionLabel } from "@/components/audit/action-label";
import { UNKNOWN } from "@/components/format";
import { HistoryDays } from "@/components/history/history-days";
import type { AuditRow } from "@/lib/manage/audit/list-audit-entries";

/** Who changed a token, and what. */
export function TokenHistory({ entries }: { readonly entries: readonly AuditRow[] }) {
  const t = useTranslations("tokens.page");
  const tAudit = useTranslations("audit");
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="history" className="space-y-3 rounded-lg border p-4 text-sm">
      <h2 id="history" className="font-medium">
        {t("history")}
      </h2>
      <HistoryDays
        entries={entries.map((entry) => ({ ...entry, who: entry.actorName, alike: entry.id }))}
        render={({ action, before, after }) => (
          <>
            <p>{actionLabel(tAudit, action)}</p>
            {action.endsWith(".update") && (
              <p className="text-muted-foreground text-xs break-words">
                {Object.keys(after ?? {})
                  .map((field) => `${field}: ${shown(before?.[field])} → ${shown(after?.[field])}`)
                  .join(" · ")}
              </p>
            )}
          </>
        )}
      />
    </section>
  );
}

/** As the log has it. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN;
  return typeof value === "string" ? value : JSON.stringify(value);
}

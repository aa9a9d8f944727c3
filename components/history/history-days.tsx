"use client";

import { useFormatter, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { groupHistory, type HistoryEntry } from "./grouped-history";

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** What happened, by day and person; what was repeated on a day is one line. */
export function HistoryDays<Entry extends HistoryEntry & { readonly id: string }>({
  entries,
  render,
}: {
  /** Newest first. */
  readonly entries: readonly Entry[];
  readonly render: (entry: Entry) => ReactNode;
}) {
  const t = useTranslations("common.history");
  const format = useFormatter();
  const timeZone = useTimeZone() ?? "UTC";
  const days = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  const time = (ms: number) => format.dateTime(ms, TIME);
  return (
    <ol className="space-y-4">
      {groupHistory(entries, (ms) => days.format(ms)).map(({ day, parts }) => (
        <li key={day} className="space-y-2">
          <p className="text-muted-foreground text-xs font-medium">
            <time dateTime={day}>
              {format.dateTime(parts[0]?.lines[0]?.entry.atMs ?? 0, { dateStyle: "medium" })}
            </time>
          </p>
          {parts.map(({ who, lines }) => (
            <div key={who ?? ""} className="border-l-2 pl-3">
              <p className="text-muted-foreground mb-1 text-xs">{who ?? t("automatic")}</p>
              <ol className="space-y-2">
                {lines.map(({ entry, count, firstMs }) => (
                  <li key={entry.id} className="flex items-start justify-between gap-3">
                    <div className="min-w-0">{render(entry)}</div>
                    <span className="text-muted-foreground shrink-0 text-right text-xs tabular-nums">
                      {time(entry.atMs)}
                      {count > 1 && (
                        <span className="block">{t("times", { count, time: time(firstMs) })}</span>
                      )}
                    </span>
                  </li>
                ))}
              </ol>
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}

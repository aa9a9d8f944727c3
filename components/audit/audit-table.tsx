"use client";

import { ChevronRight } from "lucide-react";
import dynamic from "next/dynamic";
import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import { actionLabel } from "@/components/audit/action-label";
import { UNKNOWN } from "@/components/format";
import { Button } from "@/components/ui/button";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { AuditRow } from "@/lib/manage/audit/list-audit-entries";
import { cn } from "@/lib/utils";

/** Loaded when the first entry is opened. */
const AuditEntrySheet = dynamic(
  () => import("@/components/audit/audit-entry-sheet").then((module) => module.AuditEntrySheet),
  { ssr: false },
);

/** Entries of the log; one opens to show its changes. */
export function AuditTable({ entries }: { readonly entries: readonly AuditRow[] }) {
  const t = useTranslations("audit");
  const format = useFormatter();
  const [opened, setOpened] = useState<AuditRow | null>(null);
  const [wasOpened, setWasOpened] = useState(false);
  if (opened !== null && !wasOpened) setWasOpened(true);
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")} data-cards>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("time")}</TableHead>
            <TableHead>{t("actor")}</TableHead>
            <TableHead>{t("action")}</TableHead>
            <TableHead>{t("subject")}</TableHead>
            <TableHead className="@max-4xl/list:hidden">{t("address")}</TableHead>
            <TableHead className="w-12">
              <span className="sr-only">{t("details")}</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {entries.map((entry) => (
            <TableRow key={entry.id} className="cursor-pointer" onClick={() => setOpened(entry)}>
              <TableCell
                data-card="line"
                className="text-muted-foreground pl-4 whitespace-nowrap tabular-nums"
              >
                {format.dateTime(entry.atMs, { dateStyle: "medium", timeStyle: "medium" })}
              </TableCell>
              <TableCell data-card="line" className="max-w-48 truncate" title={entry.actorName}>
                {entry.actorName}
              </TableCell>
              <TableCell data-card="title" className="font-medium whitespace-nowrap">
                {actionLabel(t, entry.action)}
              </TableCell>
              <TableCell data-card="line" className="max-w-64 truncate" title={entry.subjectName}>
                {entry.subjectName}
                {entry.count > 1 && !saysCount(entry) && (
                  <span className="text-muted-foreground ml-2 tabular-nums">
                    {t("rows", { count: entry.count })}
                  </span>
                )}
              </TableCell>
              <TableCell
                className={cn("@max-4xl/list:hidden", entry.ip !== null && "font-mono text-xs")}
              >
                {entry.ip ?? UNKNOWN}
              </TableCell>
              <TableCell data-card="aside">
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={t("open", { action: actionLabel(t, entry.action) })}
                  onClick={() => setOpened(entry)}
                >
                  <ChevronRight aria-hidden />
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {wasOpened && <AuditEntrySheet entry={opened} onClose={() => setOpened(null)} />}
    </div>
  );
}

/** Names of several keys end in their number. */
function saysCount({ subjectName, count }: AuditRow): boolean {
  return subjectName.endsWith(`${count} keys`);
}

"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { actionLabel } from "@/components/audit/action-label";
import { AuditChanges } from "@/components/audit/audit-changes";
import { UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import {
  Sheet,
  SheetContent,
  SheetDescription,
  SheetHeader,
  SheetTitle,
} from "@/components/ui/sheet";
import type { AuditRow } from "@/lib/manage/audit/list-audit-entries";

/** Everything about one entry; closed if there is none. */
export function AuditEntrySheet({
  entry,
  onClose,
}: {
  readonly entry: AuditRow | null;
  readonly onClose: () => void;
}) {
  const t = useTranslations("audit");
  return (
    <Sheet open={entry !== null} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <SheetContent className="w-full gap-0 overflow-y-auto sm:max-w-lg">
        {entry !== null && (
          <>
            <SheetHeader className="border-b">
              <SheetTitle>{actionLabel(t, entry.action)}</SheetTitle>
              <SheetDescription>{entry.subjectName}</SheetDescription>
            </SheetHeader>
            <div className="space-y-6 p-4">
              <Facts entry={entry} onFollow={onClose} />
              <AuditChanges before={entry.before} after={entry.after} />
            </div>
          </>
        )}
      </SheetContent>
    </Sheet>
  );
}

function Facts({
  entry: { atMs, actorId, actorName, action, subjectKind, subjectId, count, ip, userAgent },
  onFollow,
}: {
  readonly entry: AuditRow;
  readonly onFollow: () => void;
}) {
  const t = useTranslations("audit");
  const format = useFormatter();
  return (
    <dl className="grid grid-cols-[7rem_1fr] gap-x-4 gap-y-2.5">
      <Fact name={t("time")}>
        {format.dateTime(atMs, { dateStyle: "full", timeStyle: "long" })}
      </Fact>
      <Fact name={t("actor")}>
        <p className="break-all">{actorName}</p>
        <FollowLink query={{ actor: actorId }} onFollow={onFollow}>
          {t("allOfActor")}
        </FollowLink>
      </Fact>
      <Fact name={t("action")}>
        <code className="font-mono text-xs">{action}</code>
      </Fact>
      <Fact name={t("subject")}>
        <code className="font-mono text-xs break-all">{subjectId ?? subjectKind}</code>
        {subjectId !== null && (
          <FollowLink query={{ subject: `${subjectKind}/${subjectId}` }} onFollow={onFollow}>
            {t("allOfSubject")}
          </FollowLink>
        )}
      </Fact>
      <Fact name={t("count")}>
        <span className="tabular-nums">{count}</span>
      </Fact>
      <Fact name={t("address")}>
        <span className="font-mono text-xs">{ip ?? t("noAddress")}</span>
      </Fact>
      <Fact name={t("userAgent")}>
        <span className="text-muted-foreground text-xs break-words">{userAgent ?? UNKNOWN}</span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function FollowLink({
  query,
  onFollow,
  children,
}: {
  readonly query: Readonly<Record<string, string>>;
  readonly onFollow: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Link
      href={`/audit?${new URLSearchParams(query)}`}
      onClick={onFollow}
      className="text-muted-foreground hover:text-foreground block text-sm underline underline-offset-4"
    >
      {children}
    </Link>
  );
}

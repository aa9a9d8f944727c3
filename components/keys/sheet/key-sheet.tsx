"use client";

import { useTranslations } from "next-intl";
import { Link } from "@/components/link";
import { StateBadge } from "@/components/state-badge";
import {
  Sheet,
  SheetContent,
  SheetDescription,
  SheetHeader,
  SheetTitle,
} from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import type { ProviderKeyDetail } from "@/lib/manage/keys/read-provider-key";
import { KeyDetails, type KeyDetailsProps } from "./key-details";
import { SuspectMark } from "./suspect-mark";

/**
 * One key next to the table: its state and the reason, what can be done, its history. The page stays usable: another
 * row can be opened, and an undo taken from its toast.
 */
export function KeySheet({
  label,
  detail,
  limits,
  inUse,
  isLoading,
  isAdmin,
  canCheck,
  onClose,
}: Omit<KeyDetailsProps, "detail" | "onDeleted"> & {
  /** Null while loading, or if there is no such key. */
  readonly detail: ProviderKeyDetail | null;
  readonly isLoading: boolean;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys.detail");
  const key = detail?.key;
  return (
    <Sheet open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <SheetContent
        className="w-full gap-0 overflow-y-auto sm:max-w-lg"
        onInteractOutside={(event) => event.preventDefault()}
      >
        <SheetHeader className="border-b pr-12">
          <SheetTitle className="truncate font-mono text-base">
            {key?.masked ?? (isLoading ? t("loading") : t("gone"))}
          </SheetTitle>
          <SheetDescription asChild>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span>{label}</span>
              {key && <StateBadge state={key.state} untilMs={key.cooldowns[0]?.untilMs} />}
              {key?.suspicion && <SuspectMark />}
              {key && (
                <Link
                  href={`/keys/${encodeURIComponent(key.provider)}/${key.id}`}
                  className="ml-auto whitespace-nowrap underline underline-offset-4"
                >
                  {t("open")}
                </Link>
              )}
            </div>
          </SheetDescription>
        </SheetHeader>
        {detail === null && isLoading && (
          <div aria-busy className="space-y-4 p-4">
            <Skeleton className="h-8 w-full" />
            <Skeleton className="h-32 w-full" />
            <Skeleton className="h-48 w-full" />
          </div>
        )}
        {detail !== null && (
          <KeyDetails
            detail={detail}
            label={label}
            limits={limits}
            inUse={inUse}
            isAdmin={isAdmin}
            canCheck={canCheck}
            onDeleted={onClose}
          />
        )}
      </SheetContent>
    </Sheet>
  );
}

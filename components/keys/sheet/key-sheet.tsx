"use client";

import { useTranslations } from "next-intl";
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
import type { ProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import { KeyLimits, type KeyLimitsInUse } from "../limits/key-limits";
import { KeyActions } from "./key-actions";
import { KeyCooldowns } from "./key-cooldowns";
import { KeyEvidence } from "./key-evidence";
import { KeyFacts } from "./key-facts";
import { KeyHistory } from "./key-history";
import { KeySettingsForm } from "./key-settings-form";
import { KeySuspicion, SuspectMark } from "./key-suspicion";

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
}: {
  readonly label: string;
  /** Null while loading, or if there is no such key. */
  readonly detail: ProviderKeyDetail | null;
  readonly limits: ProviderLimits;
  readonly inUse: KeyLimitsInUse;
  readonly isLoading: boolean;
  readonly isAdmin: boolean;
  readonly canCheck: boolean;
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
            <div className="flex items-center gap-3">
              <span>{label}</span>
              {key && <StateBadge state={key.state} untilMs={key.cooldowns[0]?.untilMs} />}
              {key?.suspicion && <SuspectMark />}
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
          <div className="divide-y *:p-4">
            {isAdmin && (
              <KeyActions view={detail.key} label={label} canCheck={canCheck} onDeleted={onClose} />
            )}
            {detail.evidence !== null && (
              <KeyEvidence evidence={detail.evidence} isPast={detail.key.state !== "blocked"} />
            )}
            {detail.key.suspicion !== null && <KeySuspicion suspicion={detail.key.suspicion} />}
            {detail.cooldowns.length > 0 && (
              <KeyCooldowns keyId={detail.key.id} cooldowns={detail.cooldowns} isAdmin={isAdmin} />
            )}
            <KeyFacts view={detail.key} withSettings={!isAdmin} />
            <KeyLimits
              // An undo right after a change restores what the page showed before, not what was typed.
              key={detail.history.find(({ by }) => by === "person")?.id}
              view={detail.key}
              limits={limits}
              inUse={inUse}
              isAdmin={isAdmin}
            />
            {isAdmin && <KeySettingsForm view={detail.key} />}
            <KeyHistory history={detail.history} />
          </div>
        )}
      </SheetContent>
    </Sheet>
  );
}

"use client";

import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useId, useState, useTransition } from "react";
import { rotateToken } from "@/app/(portal)/tokens/actions";
import { answered } from "@/components/answered";
import { TokenShown } from "@/components/tokens/token-shown";
import { useFailureWords } from "@/components/tokens/use-failure-words";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import type { RotatedAccessToken } from "@/lib/manage/tokens/rotate-access-token";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const OVERLAPS = [0, HOUR_SECONDS, DAY_SECONDS, 7 * DAY_SECONDS, 30 * DAY_SECONDS];

/** Replaces a token by a new one; the old one keeps working for a while. */
export function RotateTokenDialog({
  token,
  onClose,
}: {
  readonly token: AccessTokenItem;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens.rotate");
  const common = useTranslations("common");
  const format = useFormatter();
  const router = useRouter();
  const failureWords = useFailureWords();
  const overlapId = useId();
  const [overlapSeconds, setOverlapSeconds] = useState(DAY_SECONDS);
  const [rotated, setRotated] = useState<RotatedAccessToken | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isRunning, startTransition] = useTransition();

  function rotate() {
    startTransition(async () => {
      const result = await answered(() => rotateToken({ id: token.id, overlapSeconds }));
      if (result === null) return;
      if (!result.ok) {
        setProblem(failureWords(result));
        return;
      }
      setRotated(result.data);
      router.refresh();
    });
  }

  const overlapLabel = (seconds: number) => {
    if (seconds === 0) return t("overlapNone");
    return seconds < DAY_SECONDS
      ? t("overlapHours", { hours: seconds / HOUR_SECONDS })
      : t("overlapDays", { days: seconds / DAY_SECONDS });
  };

  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && !isRunning && onClose()}>
      <DialogContent
        className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-xl"
        onInteractOutside={(event) => event.preventDefault()}
      >
        {rotated === null ? (
          <>
            <DialogHeader>
              <DialogTitle className="leading-normal break-words">
                {t("title", { name: token.name })}
              </DialogTitle>
              <DialogDescription>{t("description")}</DialogDescription>
            </DialogHeader>
            <div className="grid gap-2">
              <Label htmlFor={overlapId}>{t("overlap")}</Label>
              <Select
                value={String(overlapSeconds)}
                onValueChange={(value) => setOverlapSeconds(Number(value))}
              >
                <SelectTrigger id={overlapId} className="w-full">
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {OVERLAPS.map((seconds) => (
                    <SelectItem key={seconds} value={String(seconds)}>
                      {overlapLabel(seconds)}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
              {problem && (
                <p role="alert" className="text-destructive text-sm">
                  {problem}
                </p>
              )}
            </div>
            <DialogFooter>
              <Button variant="outline" disabled={isRunning} onClick={onClose}>
                {common("cancel")}
              </Button>
              <Button disabled={isRunning} onClick={rotate}>
                {t("submit")}
              </Button>
            </DialogFooter>
          </>
        ) : (
          <TokenShown
            name={token.name}
            token={rotated.token}
            scope={token.forAdminApi ? null : token}
            note={t("oldUntil", {
              masked: token.masked,
              time: format.dateTime(rotated.oldExpiresAt, {
                dateStyle: "medium",
                timeStyle: "short",
              }),
            })}
            onClose={onClose}
          />
        )}
      </DialogContent>
    </Dialog>
  );
}

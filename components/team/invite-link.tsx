"use client";

import { useFormatter, useTranslations } from "next-intl";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import type { CreatedInvite } from "@/lib/manage/team/invite-member";

export function InviteLink({
  invite: { token, expiresAtMs },
  onDone,
}: {
  readonly invite: CreatedInvite;
  readonly onDone: () => void;
}) {
  const t = useTranslations("team");
  const format = useFormatter();
  const link = `${window.location.origin}/invite/${token}`;
  return (
    <>
      <div className="flex items-center gap-2">
        <Input
          readOnly
          aria-label={t("invite.link")}
          value={link}
          className="font-mono text-xs"
          onFocus={(event) => event.target.select()}
        />
        <CopyButton value={link} label={t("invite.copy")} />
      </div>
      <p className="text-muted-foreground text-sm">
        {t("invite.until", {
          time: format.dateTime(expiresAtMs, { dateStyle: "medium", timeStyle: "short" }),
        })}
      </p>
      <DialogFooter>
        <Button variant="outline" onClick={onDone}>
          {t("invite.done")}
        </Button>
      </DialogFooter>
    </>
  );
}

"use client";

import { UserPlus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { InviteLink } from "@/components/team/invite-link";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import type { CreatedInvite } from "@/lib/manage/team/invite-member";

/** Loaded when the dialog opens: forms and their validation are most of what the page would send. */
const InviteForm = dynamic(
  () => import("@/components/team/invite-form").then((module) => module.InviteForm),
  { ssr: false, loading: () => <Skeleton className="h-96 w-full" /> },
);

/** Asks whom to invite, then shows the link, which is only shown once. `?invite=true`: it is open. */
export function InviteDialog() {
  const t = useTranslations("team");
  const router = useRouter();
  const [isOpen, setIsOpen] = useQueryState("invite", parseAsBoolean.withDefault(false));
  const [created, setCreated] = useState<CreatedInvite | null>(null);

  function open(isOpen: boolean) {
    void setIsOpen(isOpen || null);
    if (isOpen) setCreated(null);
    else if (created !== null) router.refresh();
  }

  return (
    <Dialog open={isOpen} onOpenChange={open}>
      <DialogTrigger asChild>
        <Button>
          <UserPlus aria-hidden />
          {t("invite.open")}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{created === null ? t("invite.title") : t("invite.ready")}</DialogTitle>
          <DialogDescription>
            {created === null ? t("invite.description") : t("invite.readyDescription")}
          </DialogDescription>
        </DialogHeader>
        {created === null ? (
          <InviteForm onCreated={setCreated} />
        ) : (
          <InviteLink invite={created} onDone={() => open(false)} />
        )}
      </DialogContent>
    </Dialog>
  );
}

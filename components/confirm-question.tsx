"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useState, useTransition } from "react";
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";

export interface Question {
  /** A button. */
  readonly trigger: ReactNode;
  /** Names the object: `Revoke "ci-runner"?` */
  readonly title: string;
  readonly description: ReactNode;
  /** A verb and its object: `Revoke token`. Null if the action isn't possible, and the description says why. */
  readonly confirmLabel: string | null;
  /** `default` for actions that destroy nothing. */
  readonly variant?: "destructive" | "default";
  /** The dialog stays open while it runs, and if it returns false. */
  readonly onConfirm: () => Promise<boolean | undefined> | Promise<void>;
}

/** The dialog of `ConfirmDialog` with its button. Open from the start, because it is loaded to be opened. */
export function ConfirmQuestion({
  trigger,
  title,
  description,
  confirmLabel,
  variant = "destructive",
  onConfirm,
}: Question) {
  const t = useTranslations("common");
  const [isOpen, setIsOpen] = useState(true);
  const [isRunning, startTransition] = useTransition();

  function confirm() {
    startTransition(async () => {
      if ((await onConfirm()) !== false) setIsOpen(false);
    });
  }

  return (
    <AlertDialog open={isOpen} onOpenChange={(open) => !isRunning && setIsOpen(open)}>
      <AlertDialogTrigger asChild>{trigger}</AlertDialogTrigger>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>{title}</AlertDialogTitle>
          <AlertDialogDescription asChild>
            <div>{description}</div>
          </AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          <AlertDialogCancel disabled={isRunning}>{t("cancel")}</AlertDialogCancel>
          {confirmLabel !== null && (
            <Button variant={variant} disabled={isRunning} onClick={confirm}>
              {confirmLabel}
            </Button>
          )}
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

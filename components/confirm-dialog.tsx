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

/**
 * Asks for confirmation of an action that can't be undone or needs explaining. Stays open while `onConfirm` runs, and
 * if it returns false.
 */
export function ConfirmDialog({
  trigger,
  title,
  description,
  confirmLabel,
  variant = "destructive",
  onConfirm,
}: {
  /** A button. */
  readonly trigger: ReactNode;
  /** Names the object: `Revoke "ci-runner"?` */
  readonly title: string;
  readonly description: ReactNode;
  /** A verb and its object: `Revoke token`. Null if the action isn't possible, and the description says why. */
  readonly confirmLabel: string | null;
  /** `default` for actions that destroy nothing. */
  readonly variant?: "destructive" | "default";
  readonly onConfirm: () => Promise<boolean | undefined> | Promise<void>;
}) {
  const t = useTranslations("common");
  const [isOpen, setIsOpen] = useState(false);
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

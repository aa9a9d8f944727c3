"use client";

import { ChevronDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { giveRole } from "@/app/(portal)/team/actions";
import { answered } from "@/components/answered";
import { FormFailure } from "@/components/form/form-failure";
import { RoleChoice } from "@/components/team/role-choice";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import type { Role } from "@/lib/auth/member";

/** Shows a member's role and changes it, explaining what is lost with the old one. */
export function RoleDialog({
  id,
  name,
  role,
  tokenCount,
}: {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The member's access tokens, which a viewer can't keep. */
  readonly tokenCount: number;
}) {
  const t = useTranslations("team");
  const router = useRouter();
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState(role);
  const [problem, setProblem] = useState<string | null>(null);
  const [isRunning, startTransition] = useTransition();

  function open(isOpen: boolean) {
    setIsOpen(isOpen);
    setChosen(role);
    setProblem(null);
  }

  function save() {
    startTransition(async () => {
      const result = await answered(() => giveRole({ id, role: chosen }));
      if (result === null) return;
      if (result.ok) {
        setIsOpen(false);
        toast.success(t("role.done", { name, role: t(`roles.${chosen}`) }));
        router.refresh();
      } else if (result.code === "conflict") setProblem(t("lastAdmin", { name }));
      else setProblem(t("failed"));
    });
  }

  return (
    <Dialog open={isOpen} onOpenChange={open}>
      <DialogTrigger asChild>
        <Button
          variant="ghost"
          size="sm"
          className="-ml-2.5"
          aria-label={t("role.of", { name, role: t(`roles.${role}`) })}
        >
          {t(`roles.${role}`)}
          <ChevronDown aria-hidden className="text-muted-foreground" />
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{t("role.title", { name })}</DialogTitle>
          <DialogDescription>{t("role.description")}</DialogDescription>
        </DialogHeader>
        <RoleChoice role={chosen} onChoose={setChosen} />
        {chosen === "viewer" && tokenCount > 0 && (
          <p className="text-sm">{t("role.tokensEnd", { count: tokenCount })}</p>
        )}
        {role === "admin" && chosen !== "admin" && (
          <p className="text-sm">{t("role.invitesEnd")}</p>
        )}
        <FormFailure>{problem}</FormFailure>
        <DialogFooter>
          <Button onClick={save} disabled={isRunning || chosen === role}>
            {t("role.submit")}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

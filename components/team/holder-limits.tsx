"use client";

import { ChevronDown } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { LimitedKind } from "@/components/team/holder-limits-form";
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
import { type LimitValues, TOKEN_LIMITS } from "@/lib/usage/token-limits";

/** Loaded when the dialog opens: forms and their validation are most of what the page would send. */
const HolderLimitsForm = dynamic(
  () => import("@/components/team/holder-limits-form").then((module) => module.HolderLimitsForm),
  { ssr: false, loading: () => <Skeleton className="h-80 w-full" /> },
);

/** How many limits a member or a group has; opens the form to change them. */
export function HolderLimits({
  kind,
  id,
  name,
  limits,
}: {
  readonly kind: LimitedKind;
  readonly id: string;
  readonly name: string;
  readonly limits: LimitValues;
}) {
  const t = useTranslations("team.limits");
  const [isOpen, setIsOpen] = useState(false);
  const count = TOKEN_LIMITS.filter((limit) => limits[limit] !== null).length;
  const words = count === 0 ? t("none") : t("set", { count });
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="sm" className="-ml-2.5" aria-label={t("of", { name, words })}>
          {words}
          <ChevronDown aria-hidden className="text-muted-foreground" />
        </Button>
      </DialogTrigger>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-xl">
        <DialogHeader>
          <DialogTitle>{t("title", { name })}</DialogTitle>
          <DialogDescription>{t(`description.${kind}`)}</DialogDescription>
        </DialogHeader>
        <HolderLimitsForm
          kind={kind}
          id={id}
          name={name}
          limits={limits}
          onDone={() => setIsOpen(false)}
        />
      </DialogContent>
    </Dialog>
  );
}

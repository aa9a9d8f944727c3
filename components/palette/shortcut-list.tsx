"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useId, useSyncExternalStore } from "react";
import { DESTINATIONS } from "@/components/palette/shortcuts";
import {
  areSingleKeysOn,
  onSingleKeysChanged,
  setSingleKeys,
} from "@/components/palette/single-keys";
import { navigationFor } from "@/components/shell/navigation";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";
import type { Right } from "@/lib/auth/member";

/** The keys that act anywhere, and the switch for those that are a single key. */
export function ShortcutList({
  role,
  isOpen,
  onOpenChange,
}: {
  readonly role: Right;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("shell");
  const id = useId();
  const areOn = useSyncExternalStore(onSingleKeysChanged, areSingleKeysOn, () => true);
  const pages = navigationFor(role).flatMap(({ entries }) => entries);
  const going = Object.entries(DESTINATIONS).flatMap(([key, href]) => {
    const entry = pages.find((page) => page.href === href);
    return entry === undefined ? [] : [{ key, label: t(`areas.${entry.area}`) }];
  });
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>{t("shortcuts.title")}</DialogTitle>
          <DialogDescription>{t("shortcuts.description")}</DialogDescription>
        </DialogHeader>
        <dl className="grid gap-x-8 sm:grid-cols-2">
          <Row keys={["Ctrl", "K"]}>{t("shortcuts.palette")}</Row>
          <Row keys={["/"]}>{t("shortcuts.search")}</Row>
          <Row keys={["j"]}>{t("shortcuts.next")}</Row>
          <Row keys={["k"]}>{t("shortcuts.previous")}</Row>
          <Row keys={["?"]}>{t("shortcuts.help")}</Row>
          {going.map(({ key, label }) => (
            <Row key={key} keys={["g", key]}>
              {label}
            </Row>
          ))}
        </dl>
        <div className="flex items-center justify-between gap-4 border-t pt-4">
          <Label htmlFor={id} className="font-normal">
            {t("shortcuts.singleKeys")}
          </Label>
          <Switch id={id} checked={areOn} onCheckedChange={setSingleKeys} />
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Row({
  keys,
  children,
}: {
  readonly keys: readonly string[];
  readonly children: ReactNode;
}) {
  return (
    <div className="flex min-h-9 items-center justify-between gap-4">
      <dt>{children}</dt>
      <dd className="flex gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  );
}

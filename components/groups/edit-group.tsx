"use client";

import { Pencil } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
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
import type { GroupSettings } from "./group-fields";

const EditGroupForm = dynamic(
  () => import("./edit-group-form").then((module) => module.EditGroupForm),
  { ssr: false, loading: () => <Skeleton className="h-72 w-full" /> },
);

/** Opens the form for a group's name, its use of common keys, and its share of them. */
export function EditGroup({
  id,
  settings,
}: {
  readonly id: string;
  readonly settings: GroupSettings;
}) {
  const t = useTranslations("groups.edit");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <Pencil aria-hidden />
          {t("open")}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle className="leading-normal break-words">
            {t("title", { name: settings.name })}
          </DialogTitle>
          <DialogDescription>{t("description")}</DialogDescription>
        </DialogHeader>
        <EditGroupForm id={id} settings={settings} onDone={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

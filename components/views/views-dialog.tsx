"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { FormFailure } from "@/components/form/form-failure";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { viewQueryOf } from "@/lib/manage/views/view-address";
import { EditViewForm } from "./edit-view-form";
import { SaveViewForm } from "./save-view-form";
import { useViews } from "./use-views";
import { ViewRow } from "./view-row";

/** The page's views, to open, save, change and delete. Open from the start, because it is loaded to be opened. */
export function ViewsDialog({
  trigger,
  mayShare,
}: {
  readonly trigger: ReactNode;
  readonly mayShare: boolean;
}) {
  const t = useTranslations("views");
  const path = usePathname();
  const shown = viewQueryOf(path, useSearchParams().toString());
  const { views, reload } = useViews(path);
  const [isOpen, setIsOpen] = useState(true);
  const [edited, setEdited] = useState<string | null>(null);

  function open(isOpen: boolean) {
    setIsOpen(isOpen);
    setEdited(null);
    if (isOpen) void reload();
  }

  const done = () => {
    setEdited(null);
    return reload();
  };
  return (
    <Dialog open={isOpen} onOpenChange={open}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto">
        <DialogHeader>
          <DialogTitle>{t("title")}</DialogTitle>
          <DialogDescription>{t("description")}</DialogDescription>
        </DialogHeader>
        {views === "failed" && <FormFailure>{t("loadFailed")}</FormFailure>}
        {views === null && <Skeleton className="h-10 w-full" />}
        {Array.isArray(views) && views.length === 0 && <p className="text-sm">{t("empty")}</p>}
        {Array.isArray(views) && views.length > 0 && (
          <ul className="-mx-2 max-h-80 overflow-y-auto">
            {views.map((view) => (
              <li key={view.id}>
                {view.id === edited ? (
                  <EditViewForm
                    view={view}
                    shown={shown}
                    mayShare={mayShare}
                    onSaved={done}
                    onCancel={() => setEdited(null)}
                  />
                ) : (
                  <ViewRow
                    view={view}
                    path={path}
                    isShown={view.query === shown}
                    onOpen={() => open(false)}
                    onEdit={() => setEdited(view.id)}
                    onRemoved={done}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {edited === null && (
          <div className="border-t pt-4">
            <SaveViewForm path={path} query={shown} mayShare={mayShare} onSaved={reload} />
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}

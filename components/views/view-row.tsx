"use client";

import { Check, Pencil, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { removeView } from "@/app/(portal)/views/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import type { ViewItem } from "@/lib/manage/views/list-views";
import { useViewFailure } from "./use-view-failure";

/** A view, which opens it, and what may be done with it. */
export function ViewRow({
  view: { id, name, query, isShared, isOwn, ownerName, mayChange },
  path,
  isShown,
  onOpen,
  onEdit,
  onRemoved,
}: {
  readonly view: ViewItem;
  readonly path: string;
  /** Whether the page shows just this. */
  readonly isShown: boolean;
  readonly onOpen: () => void;
  readonly onEdit: () => void;
  readonly onRemoved: () => Promise<void>;
}) {
  const t = useTranslations("views");
  const wordsOf = useViewFailure();

  async function remove(): Promise<void> {
    const result = await answered(() => removeView({ id }));
    if (result === null) return;
    if (result.ok) toast.success(t("remove.done", { name }));
    else toast.error(wordsOf(result));
    await onRemoved();
  }

  return (
    <div className="flex items-center gap-1">
      <Link
        href={`${path}?${query}`}
        prefetch={false}
        aria-current={isShown ? "page" : undefined}
        className="hover:bg-accent flex min-h-10 min-w-0 flex-1 items-center gap-2 rounded-md px-2"
        onClick={onOpen}
      >
        <span className="grid min-w-0 py-1">
          <span className="truncate">{name}</span>{" "}
          {isShared && (
            <span className="text-muted-foreground truncate text-xs">
              {isOwn || ownerName === null ? t("shared") : t("sharedBy", { name: ownerName })}
            </span>
          )}
        </span>
        {isShown && <Check aria-label={t("current")} className="ml-auto size-4 shrink-0" />}
      </Link>
      {mayChange && (
        <>
          <Button variant="ghost" size="icon" aria-label={t("edit", { name })} onClick={onEdit}>
            <Pencil aria-hidden />
          </Button>
          <ConfirmDialog
            trigger={
              <Button variant="ghost" size="icon" aria-label={t("remove.open", { name })}>
                <Trash2 aria-hidden />
              </Button>
            }
            title={t("remove.title", { name })}
            description={t(isShared ? "remove.shared" : "remove.own")}
            confirmLabel={t("remove.confirm")}
            onConfirm={remove}
          />
        </>
      )}
    </div>
  );
}

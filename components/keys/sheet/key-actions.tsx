"use client";

import { useTranslations } from "next-intl";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import { useKeyChanges } from "../bulk/use-key-changes";

/** What can be done to one key in its state. */
export function KeyActions({
  view: { id, state, masked, cooldowns },
  label,
  isAdmin,
  canCheck,
  onDeleted,
}: {
  readonly view: ProviderKeyView;
  readonly label: string;
  /** Others, admins of its group, switch it off and on. */
  readonly isAdmin: boolean;
  readonly canCheck: boolean;
  readonly onDeleted: () => void;
}) {
  const t = useTranslations("keys");
  const { change, remove, check, isBusy } = useKeyChanges();
  const target = { ids: [id] };
  const kinds = [
    isAdmin && state === "blocked" && ("unblock" as const),
    isAdmin && cooldowns.length > 0 && ("end-cooldowns" as const),
    state === "disabled" ? ("enable" as const) : ("disable" as const),
  ].filter((kind) => kind !== false);
  return (
    <div className="flex flex-wrap gap-2">
      {isAdmin && canCheck && (
        <Button variant="outline" size="sm" disabled={isBusy} onClick={() => check(id)}>
          {t("bulk.check")}
        </Button>
      )}
      {kinds.map((kind) => (
        <Button
          key={kind}
          variant="outline"
          size="sm"
          disabled={isBusy}
          onClick={() => change(target, { kind })}
        >
          {t(`bulk.${kind}`)}
        </Button>
      ))}
      {isAdmin && (
        <ConfirmDialog
          trigger={
            <Button variant="outline" size="sm" className="text-destructive ml-auto">
              {t("bulk.delete")}
            </Button>
          }
          title={t("confirmDelete.one", { masked, provider: label })}
          description={t("confirmDelete.description")}
          confirmLabel={t("confirmDelete.action", { count: 1 })}
          onConfirm={async () => {
            const isDone = await remove(target);
            if (isDone) onDeleted();
            return isDone;
          }}
        />
      )}
    </div>
  );
}

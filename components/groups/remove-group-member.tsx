"use client";

import { UserMinus } from "lucide-react";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { usePutMember } from "./use-put-member";

export function RemoveGroupMember({
  groupId,
  groupName,
  member: { id, name },
}: {
  readonly groupId: string;
  readonly groupName: string;
  readonly member: { readonly id: string; readonly name: string };
}) {
  const t = useTranslations("groups.member");
  const put = usePutMember(groupId);
  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="icon-sm" aria-label={t("remove", { member: name })}>
          <UserMinus aria-hidden />
        </Button>
      }
      title={t("removeTitle", { member: name, name: groupName })}
      description={t("removeDescription")}
      confirmLabel={t("removeSubmit")}
      onConfirm={() => put({ userId: id, role: null }, t("removed", { member: name }))}
    />
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useTransition } from "react";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { GroupItem } from "@/lib/manage/groups/list-groups";
import { usePutMember } from "./use-put-member";

export const GROUP_ROLES = ["member", "admin"] as const;

/** A member's role in a group; another choice is saved at once. */
export function GroupRoleSelect({
  groupId,
  member: { id, name, role },
}: {
  readonly groupId: string;
  readonly member: GroupItem["members"][number];
}) {
  const t = useTranslations("groups");
  const put = usePutMember(groupId);
  const [isSaving, startTransition] = useTransition();
  return (
    <Select
      value={role}
      disabled={isSaving}
      onValueChange={(value) => {
        const chosen = GROUP_ROLES.find((each) => each === value);
        if (chosen === undefined) return;
        startTransition(async () => {
          const done = t("member.changed", { member: name, role: t(`roles.${chosen}`) });
          await put({ userId: id, role: chosen }, done);
        });
      }}
    >
      <SelectTrigger size="sm" aria-label={t("member.role", { member: name })}>
        <SelectValue>{t(`roles.${role}`)}</SelectValue>
      </SelectTrigger>
      <SelectContent>
        {GROUP_ROLES.map((each) => (
          <SelectItem key={each} value={each}>
            {t(`roles.${each}`)}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { LateList } from "@/components/filters/late-list";
import type { GroupItem } from "@/lib/manage/groups/list-groups";
import { GROUP_ROLES } from "./group-roles";
import { usePutMember } from "./use-put-member";

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
    <LateList
      label={t("member.role", { member: name })}
      isLoading={isSaving}
      entries={GROUP_ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
      value={role}
      shown={t(`roles.${role}`)}
      note={undefined}
      onChoose={(value) => {
        const chosen = GROUP_ROLES.find((each) => each === value);
        if (chosen === undefined || isSaving) return;
        startTransition(async () => {
          const done = t("member.changed", { member: name, role: t(`roles.${chosen}`) });
          await put({ userId: id, role: chosen }, done);
        });
      }}
    />
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useId, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import { GROUP_ROLES } from "./group-roles";
import { usePutMember } from "./use-put-member";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Who gets into a group, and as what. */
export function AddGroupMemberForm({
  groupId,
  others,
  onDone,
}: {
  readonly groupId: string;
  readonly others: readonly Person[];
  readonly onDone: () => void;
}) {
  const t = useTranslations("groups");
  const id = useId();
  const put = usePutMember(groupId);
  const [userId, setUserId] = useState("");
  const [role, setRole] = useState<(typeof GROUP_ROLES)[number]>("member");
  const [isSaving, startTransition] = useTransition();

  function save() {
    const member = others.find((each) => each.id === userId);
    if (member === undefined) return;
    startTransition(async () => {
      if (await put({ userId, role }, t("member.done", { member: member.name }))) onDone();
    });
  }

  return (
    <>
      <div className="grid gap-2">
        <Label htmlFor={`${id}-who`}>{t("member.who")}</Label>
        <Select value={userId} onValueChange={setUserId}>
          <SelectTrigger id={`${id}-who`} className="w-full">
            <SelectValue placeholder={t("member.choose")} />
          </SelectTrigger>
          <SelectContent>
            {others.map((other) => (
              <SelectItem key={other.id} value={other.id}>
                {`${other.name} (${other.email})`}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      <div className="grid gap-2">
        <Label htmlFor={`${id}-role`}>{t("columns.role")}</Label>
        <Select
          value={role}
          onValueChange={(value) => setRole(GROUP_ROLES.find((each) => each === value) ?? "member")}
        >
          <SelectTrigger id={`${id}-role`} className="w-full">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {GROUP_ROLES.map((each) => (
              <SelectItem key={each} value={each}>
                {t(`roles.${each}`)}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      <DialogFooter>
        <Button onClick={save} disabled={isSaving || userId === ""}>
          {t("member.submit")}
        </Button>
      </DialogFooter>
    </>
  );
}

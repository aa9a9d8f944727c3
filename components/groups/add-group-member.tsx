"use client";

import { UserPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import { GROUP_ROLES } from "./group-role-select";
import { usePutMember } from "./use-put-member";

interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Chooses someone of the team, and their role in a group. */
export function AddGroupMember({
  groupId,
  groupName,
  others,
}: {
  readonly groupId: string;
  readonly groupName: string;
  /** Members of the team who aren't in the group. */
  readonly others: readonly Person[];
}) {
  const t = useTranslations("groups");
  const id = useId();
  const put = usePutMember(groupId);
  const [isOpen, setIsOpen] = useState(false);
  const [userId, setUserId] = useState("");
  const [role, setRole] = useState<(typeof GROUP_ROLES)[number]>("member");
  const [isSaving, startTransition] = useTransition();

  function open(isOpen: boolean) {
    setIsOpen(isOpen);
    setUserId("");
    setRole("member");
  }

  function save() {
    const member = others.find((each) => each.id === userId);
    if (member === undefined) return;
    startTransition(async () => {
      if (await put({ userId, role }, t("member.done", { member: member.name }))) open(false);
    });
  }

  return (
    <Dialog open={isOpen} onOpenChange={open}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          <UserPlus aria-hidden />
          {t("member.add")}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle className="leading-normal break-words">
            {t("member.addTitle", { name: groupName })}
          </DialogTitle>
          <DialogDescription>
            {others.length === 0 ? t("member.everyone") : t("member.addDescription")}
          </DialogDescription>
        </DialogHeader>
        {others.length > 0 && (
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
                onValueChange={(value) =>
                  setRole(GROUP_ROLES.find((each) => each === value) ?? "member")
                }
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
        )}
      </DialogContent>
    </Dialog>
  );
}

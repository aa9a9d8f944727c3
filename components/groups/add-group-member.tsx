"use client";

import { UserPlus } from "lucide-react";
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
import type { Person } from "./add-group-member-form";

const AddGroupMemberForm = dynamic(
  () => import("./add-group-member-form").then((module) => module.AddGroupMemberForm),
  { ssr: false, loading: () => <Skeleton className="h-48 w-full" /> },
);

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
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
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
          <AddGroupMemberForm groupId={groupId} others={others} onDone={() => setIsOpen(false)} />
        )}
      </DialogContent>
    </Dialog>
  );
}

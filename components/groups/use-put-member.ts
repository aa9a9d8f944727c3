"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { putMember } from "@/app/(portal)/team/groups/actions";
import { answered } from "@/components/answered";
import type { PutGroupMemberInput } from "@/lib/manage/groups/group-schemas";

/** Changes who is in a group, and refreshes the page. Resolves to whether it was done; a toast says so. */
export function usePutMember(groupId: string) {
  const t = useTranslations("groups");
  const router = useRouter();
  return async (member: PutGroupMemberInput, done: string): Promise<boolean> => {
    const result = await answered(() => putMember({ id: groupId, member }));
    if (result === null) return false;
    if (result.ok) toast.success(done);
    else toast.error(t("failed"));
    router.refresh();
    return result.ok;
  };
}

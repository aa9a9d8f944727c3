"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { updateToken } from "@/app/(portal)/tokens/actions";
import { answered } from "@/components/answered";
import type { TokenChange } from "@/components/palette/palette-targets";

const STATUS = { pause: "paused", resume: "active" } as const;
const UNDONE_BY = { pause: "resume", resume: "pause" } as const;

/** Pauses or resumes a token, says so, and offers to undo it. */
export function useSetTokenStatus() {
  const t = useTranslations("shell.palette.done");
  const router = useRouter();
  return async function set(id: string, what: TokenChange, isUndo = false): Promise<void> {
    const result = await answered(() => updateToken({ id, changes: { status: STATUS[what] } }));
    if (result === null) return;
    if (!result.ok) toast.error(t("failed"));
    else if (isUndo) toast.success(t(what));
    else {
      const onClick = () => void set(id, UNDONE_BY[what], true);
      toast.success(t(what), { action: { label: t("undo"), onClick } });
    }
    router.refresh();
  };
}

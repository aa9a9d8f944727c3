import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { toast } from "sonner";
import type { ActionFailure } from "@/app/action-result";

/** Explains why an action changed nothing, and what to do. */
export function useFailureToast(): (failure: Pick<ActionFailure, "code">) => void {
  const t = useTranslations("settings.failed");
  return useCallback(({ code }) => toast.error(t("title"), { description: t(code) }), [t]);
}

import { useTranslations } from "next-intl";
import type { ActionFailure } from "@/app/action-result";

/** Explains why a view wasn't saved or deleted. */
export function useViewFailure(): (failure: ActionFailure) => string {
  const t = useTranslations("views.failed");
  return ({ code, issues }) => {
    const path = issues[0]?.path;
    if (path === "own" || path === "shared") return t(path);
    if (code === "conflict") return t(path === "name" ? "taken" : "conflict");
    return t(code === "not_found" ? "gone" : "other");
  };
}

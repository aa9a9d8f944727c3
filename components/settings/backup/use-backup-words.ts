import { useTranslations } from "next-intl";
import type { ActionFailure } from "@/app/action-result";

const REASONS = ["unreadable", "too_heavy", "newer", "older"] as const;

/** Why a backup wasn't created or restored, as a message, and for which field. */
export function useBackupWords() {
  const t = useTranslations("settings.backup");
  const tFailed = useTranslations("settings.failed");
  return (failure: ActionFailure | null): { readonly field: string; readonly words: string } => {
    const issue = failure?.issues[0];
    if (failure === null) return { field: "root", words: t("offline") };
    if (issue?.path === "password") return { field: "password", words: t("wrongPassword") };
    if (issue?.path === "passphrase") return { field: "passphrase", words: t("shortPassphrase") };
    const reason = REASONS.find((each) => issue?.path === `file.${each}`);
    if (reason !== undefined) return { field: "file", words: t(`unusable.${reason}`) };
    // Of the verbs' rejections, a conflict is too many wrong passwords, or an instance that has rows.
    if (failure.code === "conflict") return { field: "root", words: t("conflict") };
    if (failure.code === "not_configured") return { field: "root", words: t("notConfigured") };
    return { field: "root", words: tFailed(failure.code) };
  };
}

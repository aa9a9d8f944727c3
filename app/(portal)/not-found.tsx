import { SearchX } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/shell/notice";

/** Answers 404 for what is not there. */
export default async function NotFound() {
  const t = await getTranslations("shell.notFound");
  return (
    <Notice icon={SearchX} title={t("title")} description={t("description")} action={t("action")} />
  );
}

import { Lock } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/shell/notice";

/** Returns 403: the member's role doesn't include the page. */
export default async function Forbidden() {
  const t = await getTranslations("shell.forbidden");
  return (
    <Notice icon={Lock} title={t("title")} description={t("description")} action={t("action")} />
  );
}

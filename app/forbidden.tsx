import { Lock } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { NoticePage } from "./notice-page";

/** Returns 403 if the whole area of the page is forbidden. */
export default async function Forbidden() {
  const t = await getTranslations("shell.forbidden");
  return (
    <NoticePage
      icon={Lock}
      title={t("title")}
      description={t("description")}
      action={t("action")}
    />
  );
}

import { SearchX } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { NoticePage } from "./notice-page";

/** Returns 404 for an address that isn't a page, to anyone. */
export default async function NotFound() {
  const t = await getTranslations("shell.notFound");
  return (
    <NoticePage
      icon={SearchX}
      title={t("title")}
      description={t("description")}
      action={t("action")}
    />
  );
}

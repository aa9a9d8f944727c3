import { SearchX } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/shell/notice";

/** Returns 404 for an address that isn't a page, to anyone: therefore without the portal's frame. */
export default async function NotFound() {
  const t = await getTranslations("shell.notFound");
  return (
    <main className="flex min-h-dvh items-center justify-center px-4">
      <Notice
        icon={SearchX}
        title={t("title")}
        description={t("description")}
        action={t("action")}
      />
    </main>
  );
}

import { Lock } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/shell/notice";

/** Returns 403 if even the portal's frame is forbidden. */
export default async function Forbidden() {
  const t = await getTranslations("shell.forbidden");
  return (
    <main className="flex min-h-dvh items-center justify-center px-4">
      <Notice icon={Lock} title={t("title")} description={t("description")} action={t("action")} />
    </main>
  );
}

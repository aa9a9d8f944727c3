import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { SettingsNavigation } from "@/components/settings/settings-navigation";

/** The frame of the settings' pages. */
export default async function SettingsLayout({ children }: { readonly children: ReactNode }) {
  await portalRead("admin");
  const t = await getTranslations("settings");
  return (
    <ClientMessages areas={["settings"]}>
      <PageHeader title={t("title")} description={t("description")} />
      <SettingsNavigation />
      <div className="max-w-4xl">{children}</div>
    </ClientMessages>
  );
}

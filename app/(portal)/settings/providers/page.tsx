import { Plug } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { EmptyState } from "@/components/empty-state";
import { CustomProviderButton } from "@/components/settings/providers/custom-provider-button";
import { CustomProviderList } from "@/components/settings/providers/custom-provider-list";
import { SettingsSection } from "@/components/settings/settings-section";
import { allowsPrivateUpstreams } from "@/lib/env";
import { listCustomProviders } from "@/lib/manage/providers/list-custom-providers";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("settings.providers");
  return { title: t("title") };
}

/** Custom providers. */
export default async function CustomProvidersPage() {
  const { context, env } = await portalRead("admin");
  const [t, providers] = await Promise.all([
    getTranslations("settings.providers"),
    listCustomProviders(context),
  ]);
  const allowPrivate = allowsPrivateUpstreams(env);
  const add = <CustomProviderButton provider={null} allowPrivate={allowPrivate} />;
  return (
    <SettingsSection
      id="custom-providers"
      title={t("title")}
      description={t("description")}
      action={providers.length > 0 && add}
    >
      {providers.length === 0 ? (
        <EmptyState
          icon={Plug}
          title={t("empty.title")}
          description={t("empty.description")}
          action={add}
        />
      ) : (
        <CustomProviderList providers={providers} allowPrivate={allowPrivate} />
      )}
    </SettingsSection>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { ImportKeys } from "@/components/moving-in/import-keys";
import { PageHeader } from "@/components/page-header";
import { allowsPrivateUpstreams } from "@/lib/env";
import { allProviders } from "@/lib/manage/keys/known-provider";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("import");
  return { title: t("title") };
}

/** Keys of another program are read, compared with the pool, and imported. */
export default async function ImportKeysPage() {
  const { context, env } = await portalRead("admin");
  const [t, known] = await Promise.all([getTranslations("import"), allProviders(context)]);
  const providers = known
    .map(({ slug, label }) => ({ slug, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  return (
    <ClientMessages areas={["import", "keys", "settings"]}>
      <PageHeader title={t("title")} description={t("description")} />
      <ImportKeys providers={providers} allowPrivate={allowsPrivateUpstreams(env)} />
    </ClientMessages>
  );
}

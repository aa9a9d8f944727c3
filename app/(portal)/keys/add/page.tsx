import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { AddKeys } from "@/components/keys/add/add-keys";
import { PageHeader } from "@/components/page-header";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { textOf } from "../[provider]/read-query";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("keys");
  return { title: t("add.title") };
}

/** Keys are pasted, previewed and added; `?provider=` is preselected. */
export default async function AddKeysPage({ searchParams }: PageProps<"/keys/add">) {
  const { context } = await portalRead("admin");
  const [t, query, known] = await Promise.all([
    getTranslations("keys"),
    searchParams,
    allProviders(context),
  ]);
  const providers = known
    .map(({ slug, label }) => ({ slug, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  const chosen = providers.find(({ slug }) => slug === textOf(query.provider))?.slug ?? null;
  return (
    <ClientMessages areas={["keys"]}>
      <PageHeader title={t("add.title")} description={t("add.description")} />
      <AddKeys providers={providers} chosen={chosen} />
    </ClientMessages>
  );
}

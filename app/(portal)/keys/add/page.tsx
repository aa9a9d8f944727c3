import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { AddKeys } from "@/components/keys/add/add-keys";
import { KeyGroups } from "@/components/keys/groups/key-groups";
import { PageHeader } from "@/components/page-header";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { textOf } from "../[provider]/read-query";
import { readServed } from "../read-served";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("keys");
  return { title: t("add.title") };
}

/** Keys are pasted, previewed and added; `?provider=` and `?group=` are preselected. */
export default async function AddKeysPage({ searchParams }: PageProps<"/keys/add">) {
  const reader = await portalRead("groupAdmin");
  const query = await searchParams;
  const [t, known, served] = await Promise.all([
    getTranslations("keys"),
    allProviders(reader.context),
    readServed(reader, textOf(query.group)),
  ]);
  const providers = known
    .map(({ slug, label }) => ({ slug, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  const chosen = providers.find(({ slug }) => slug === textOf(query.provider))?.slug ?? null;
  return (
    <ClientMessages areas={["keys"]}>
      <PageHeader title={t("add.title")} description={t("add.description")} />
      <KeyGroups groups={served.groups}>
        <AddKeys
          providers={providers}
          served={served}
          chosen={chosen}
          mayCheck={reader.member.role === "admin"}
        />
      </KeyGroups>
    </ClientMessages>
  );
}

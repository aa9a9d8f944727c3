import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { KeyGroups } from "@/components/keys/groups/key-groups";
import { ImportKeys } from "@/components/moving-in/import-keys";
import { PageHeader } from "@/components/page-header";
import { allowsPrivateUpstreams } from "@/lib/env";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { textOf } from "../[provider]/read-query";
import { readServed } from "../read-served";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("import");
  return { title: t("title") };
}

/** Keys of another program are read, compared with the pool, and imported; `?group=` is preselected. */
export default async function ImportKeysPage({ searchParams }: PageProps<"/keys/import">) {
  const reader = await portalRead("groupAdmin");
  const query = await searchParams;
  const [t, known, served] = await Promise.all([
    getTranslations("import"),
    allProviders(reader.context),
    readServed(reader, textOf(query.group)),
  ]);
  const providers = known
    .map(({ slug, label }) => ({ slug, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  return (
    <ClientMessages areas={["import", "keys", "settings"]}>
      <PageHeader title={t("title")} description={t("description")} />
      <KeyGroups groups={served.groups}>
        <ImportKeys
          providers={providers}
          served={served}
          allowPrivate={allowsPrivateUpstreams(reader.env)}
        />
      </KeyGroups>
    </ClientMessages>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { toAliasChoice } from "@/components/playground/alias-choice";
import { Playground } from "@/components/playground/playground";
import { listModelAliases } from "@/lib/manage/providers/list-model-aliases";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("playground");
  return { title: t("title") };
}

export default async function PlaygroundPage() {
  const { context } = await portalRead("member");
  const [t, aliases] = await Promise.all([
    getTranslations("playground"),
    listModelAliases(context),
  ]);
  return (
    <ClientMessages areas={["playground"]}>
      <PageHeader title={t("title")} description={t("description")} />
      <Playground aliases={aliases.map(toAliasChoice)} />
    </ClientMessages>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { Playground } from "@/components/playground/playground";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("playground");
  return { title: t("title") };
}

export default async function PlaygroundPage() {
  await portalRead("member");
  const t = await getTranslations("playground");
  return (
    <ClientMessages areas={["playground"]}>
      <PageHeader title={t("title")} description={t("description")} />
      <Playground />
    </ClientMessages>
  );
}

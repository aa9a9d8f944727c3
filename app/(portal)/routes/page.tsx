import { Route } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { AliasButton } from "@/components/routes/alias-button";
import { AliasTable } from "@/components/routes/alias-table";
import { allProviders } from "@/lib/manage/known-provider";
import { listModelAliases } from "@/lib/manage/list-model-aliases";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("routes");
  return { title: t("title") };
}

/** Which name leads where. Everybody may look, admins change. */
export default async function RoutesPage() {
  const { context, member } = await portalRead("viewer");
  const [aliases, known, t] = await Promise.all([
    listModelAliases(context),
    allProviders(context),
    getTranslations("routes"),
  ]);
  const providers = known
    .filter(({ openAiCompatible, protocol }) => openAiCompatible !== null || protocol !== null)
    .map(({ slug, label }) => ({ slug, label }));
  const mayChange = member.role === "admin";
  const add = mayChange && <AliasButton alias={null} providers={providers} />;
  return (
    <ClientMessages areas={["routes"]}>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={aliases.length > 0 && add}
      />
      {aliases.length === 0 ? (
        <EmptyState
          icon={Route}
          title={t("empty.title")}
          description={mayChange ? t("empty.description") : t("empty.viewer")}
          action={add}
        />
      ) : (
        <AliasTable aliases={aliases} providers={providers} mayChange={mayChange} />
      )}
    </ClientMessages>
  );
}

import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { ModelServing } from "@/components/usage/model-serving";
import { readModelServing } from "@/lib/manage/usage/read-model-serving";
import { text } from "../usage-query";
import { UseOf } from "../use-of";

export async function generateMetadata({
  searchParams,
}: PageProps<"/usage/model">): Promise<Metadata> {
  const [t, params] = await Promise.all([getTranslations("usage"), searchParams]);
  return { title: text(params.model) ?? t("title") };
}

/**
 * One model, of one provider or of all: who serves it, who uses it, how fast it is. Without a model, usage by model is
 * the list of them.
 */
export default async function ModelPage({ searchParams }: PageProps<"/usage/model">) {
  const reader = await portalRead("viewer");
  const { context, member } = reader;
  const params = await searchParams;
  const [model, provider] = [text(params.model), text(params.provider)];
  if (model === undefined) redirect("/usage?by=model");
  const [t, serving] = await Promise.all([
    getTranslations("usage"),
    readModelServing(context, member, model, provider),
  ]);
  const label = serving.providers.find((each) => each.provider === provider)?.label ?? provider;
  return (
    <ClientMessages areas={["requests", "usage"]}>
      <PageHeader
        title={<span className="font-mono break-all">{model}</span>}
        crumbs={[
          { label: t("title"), href: "/usage" },
          { label: t("groups.model"), href: "/usage?by=model" },
          { label: model },
        ]}
        description={label ?? t("model.everyProvider")}
      />
      <div className="space-y-8">
        <ModelServing model={model} serving={serving} isOfOne={provider !== undefined} />
        <UseOf reader={reader} of={{ model, provider }} params={params} />
      </div>
    </ClientMessages>
  );
}

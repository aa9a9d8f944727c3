import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { ErrorGuide } from "@/components/help/error-guide";
import { JudgingGuide } from "@/components/help/judging-guide";
import { ProviderAddresses } from "@/components/help/provider-addresses";
import { TopicList } from "@/components/help/topic-list";
import { Link } from "@/components/link";
import { PageHeader } from "@/components/page-header";
import { ClientSnippets } from "@/components/snippets/client-snippets";
import { allProviders } from "@/lib/manage/keys/known-provider";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("help"))("title") };
}

/** Placeholder for the reader's own token. */
const TOKEN_PLACEHOLDER = "YOUR_TOKEN";

/** The help pages, and a summary: how to call the pool, how keys are classified, what errors mean. */
export default async function HelpPage() {
  const { context } = await portalRead("viewer");
  const t = await getTranslations("help");
  const providers = await allProviders(context);
  return (
    <ClientMessages areas={["tokens"]}>
      <PageHeader title={t("title")} description={t("description")} />
      <div className="mb-12 border-b pb-10">
        <TopicList />
      </div>
      <div className="max-w-4xl space-y-12">
        <Guide id="call" title={t("call.title")} description={t("call.description")}>
          <ClientSnippets token={TOKEN_PLACEHOLDER} scope={{ providers: null, models: null }} />
          <p className="text-muted-foreground">
            {t.rich("call.token", {
              link: (chunks) => (
                <Link href="/tokens" className="text-foreground underline underline-offset-4">
                  {chunks}
                </Link>
              ),
            })}
          </p>
        </Guide>
        <Guide id="addresses" title={t("addresses.title")} description={t("addresses.description")}>
          <ProviderAddresses providers={providers.map(({ slug, label }) => ({ slug, label }))} />
        </Guide>
        <Guide id="judging" title={t("judging.title")} description={t("judging.description")}>
          <JudgingGuide />
        </Guide>
        <Guide id="errors" title={t("errors.title")} description={t("errors.description")}>
          <ErrorGuide />
        </Guide>
        <Guide id="api" title={t("api.title")} description={t("api.description")}>
          <a href="/api/openapi.json" className="underline underline-offset-4">
            {t("api.link")}
          </a>
        </Guide>
      </div>
    </ClientMessages>
  );
}

function Guide({
  id,
  title,
  description,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly children: ReactNode;
}) {
  return (
    <section aria-labelledby={id} className="space-y-4">
      <div className="space-y-1">
        <h2 id={id} className="scroll-mt-20 text-base font-medium">
          {title}
        </h2>
        <p className="text-muted-foreground max-w-prose">{description}</p>
      </div>
      {children}
    </section>
  );
}

import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { DocumentView } from "@/components/help/document-view";
import { OnThisPage } from "@/components/help/on-this-page";
import { isTopic, readHelpPage } from "@/components/help/read-help-page";
import { PageHeader } from "@/components/page-header";
import { languageOf } from "@/i18n/locale";
import { portalOrigin } from "../portal-origin";

interface Props {
  readonly params: Promise<{ readonly page: string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const page = await readHelpPage((await params).page, languageOf(await getLocale()));
  if (page === null) return {};
  return {
    title: page.document.title,
    alternates: { types: { "text/markdown": markdownOf(page.file) } },
  };
}

/** The page's source, for programs: a file that `scripts/build/machine-docs.ts` adds to the build. */
function markdownOf(file: string): string {
  return `/docs/${file}.md`;
}

/** A page of `docs/` in the portal. */
export default async function HelpDocumentPage({ params }: Props) {
  await portalRead("viewer");
  const locale = languageOf(await getLocale());
  const path = (await params).page;
  const page = await readHelpPage(path, locale);
  if (page === null) notFound();
  const t = await getTranslations("help");
  const { title, blocks } = page.document;
  const [topic = ""] = path;
  const above =
    path.length > 1 && isTopic(topic)
      ? [{ label: t(`topics.${topic}.title`), href: `/help/${topic}` }]
      : [];
  const isForeign = page.locale !== locale;
  return (
    <div className="grid gap-10 xl:grid-cols-[minmax(0,48rem)_14rem]">
      <article className="min-w-0">
        <PageHeader
          title={title}
          crumbs={[{ label: t("title"), href: "/help" }, ...above, { label: title }]}
          {...(isForeign && { description: t("onlyEnglish") })}
        />
        <div lang={page.locale === "zh" ? "zh-CN" : "en"} className="space-y-4 text-sm">
          <DocumentView blocks={blocks} origin={await portalOrigin()} />
        </div>
        <p className="mt-10 text-sm">
          <a
            href={markdownOf(page.file)}
            className="text-muted-foreground hover:text-foreground underline underline-offset-4"
          >
            {t("asMarkdown")}
          </a>
        </p>
      </article>
      <OnThisPage title={t("onThisPage")} blocks={blocks} />
    </div>
  );
}

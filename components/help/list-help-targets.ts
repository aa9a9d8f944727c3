import { getLocale, getTranslations } from "next-intl/server";
import type { Locale } from "@/i18n/locale";
import type { HelpDocument } from "./help-document";
import { helpClients, helpGroups } from "./help-topics";

/** A page of the help, or a question answered there, for the command palette. */
export interface HelpTarget {
  readonly title: string;
  readonly href: string;
}

/** Topics, apps and questions, in the reader's language. */
export async function listHelpTargets(): Promise<readonly HelpTarget[]> {
  const t = await getTranslations("help");
  const topics = helpGroups.flatMap((group) => group.topics.map(({ topic }) => topic));
  const faq = await questions(await getLocale());
  return [
    ...topics.map((topic) => ({ title: t(`topics.${topic}.title`), href: `/help/${topic}` })),
    ...helpClients.map(({ slug, label }) => ({ title: label, href: `/help/clients/${slug}` })),
    ...faq.blocks.flatMap((block) =>
      block.kind === "heading" && block.level === 3
        ? [{ title: block.text, href: `/help/faq#${block.id}` }]
        : [],
    ),
  ];
}

/** Named one by one: with a variable, every page of the help would be bundled again. */
async function questions(locale: Locale): Promise<HelpDocument> {
  const page = await (locale === "zh"
    ? import("../../docs/zh/faq.md")
    : import("../../docs/faq.md"));
  return page.default;
}

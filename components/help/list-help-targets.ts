import type { Locale } from "@/i18n/locale";
import { requestLocale } from "@/i18n/request-reader";
import enHelp from "@/messages/en/help.json";
import zhHelp from "@/messages/zh/help.json";
import type { HelpDocument } from "./help-document";
import { helpClients, helpGroups } from "./help-topics";

/** A page of the help, or a question answered there, for the command palette. */
export interface HelpTarget {
  readonly title: string;
  readonly href: string;
}

const TOPICS = { en: enHelp.topics, zh: zhHelp.topics };

/** Topics, apps and questions, in the reader's language. */
export async function listHelpTargets(): Promise<readonly HelpTarget[]> {
  const locale = await requestLocale();
  const topics = helpGroups.flatMap((group) => group.topics.map(({ topic }) => topic));
  const faq = await questions(locale);
  return [
    ...topics.map((topic) => ({ title: TOPICS[locale][topic].title, href: `/help/${topic}` })),
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

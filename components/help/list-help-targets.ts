import type { Locale } from "@/i18n/locale";
import { requestLocale } from "@/i18n/request-reader";
import enHelp from "@/messages/en/help.json";
import zhHelp from "@/messages/zh/help.json";
import type { HelpDocument, HelpIndex } from "./help-document";
import { helpClients, helpGroups } from "./help-topics";

/** A page of the help, a section of one, or a question answered there, for the command palette. */
export interface HelpTarget {
  readonly title: string;
  readonly href: string;
  /** The page of which it is a section; null for a page or a question. */
  readonly page: string | null;
}

const TOPICS = { en: enHelp.topics, zh: zhHelp.topics };

/** Topics, apps, questions and sections, in the reader's language. */
export async function listHelpTargets(): Promise<readonly HelpTarget[]> {
  const locale = await requestLocale();
  const topics = helpGroups.flatMap((group) => group.topics.map(({ topic }) => topic));
  const [faq, { sections }] = await Promise.all([questions(locale), index()]);
  return [
    ...topics.map((topic) => ({
      title: TOPICS[locale][topic].title,
      href: `/help/${topic}`,
      page: null,
    })),
    ...helpClients.map(({ slug, label }) => ({
      title: label,
      href: `/help/clients/${slug}`,
      page: null,
    })),
    ...faq.blocks.flatMap((block) =>
      block.kind === "heading" && block.level === 3
        ? [{ title: block.text, href: `/help/faq#${block.id}`, page: null }]
        : [],
    ),
    ...topics.flatMap((topic) =>
      sections
        .filter((section) => section.topic === topic && section.languages.includes(locale))
        .map(({ title, id }) => ({
          title,
          href: `/help/${topic}#${id}`,
          page: TOPICS[locale][topic].title,
        })),
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

async function index(): Promise<HelpIndex> {
  const page = await import("../../docs/README.md");
  // The loader makes an index of this page, and documents of all others.
  return page.default as unknown as HelpIndex;
}

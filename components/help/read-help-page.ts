import type { Locale } from "@/i18n/locale";
import { findProvider } from "@/lib/providers/registry";
import type { HelpDocument } from "./help-document";
import { type HelpTopic, helpClients, helpFile, helpGroups } from "./help-topics";

export interface HelpPage {
  readonly document: HelpDocument;
  /** Below `docs/`, without its extension. */
  readonly file: string;
  /** The language of its text: English if it wasn't translated. */
  readonly locale: Locale;
}

/**
 * A page of the help, in the requested language if it is translated.
 * @param path below `/help/`: `faq`, `clients/codex`
 * @returns null if there is no such page
 */
export async function readHelpPage(
  path: readonly string[],
  locale: Locale,
): Promise<HelpPage | null> {
  if (!isHelpPage(path)) return null;
  const file = helpFile(path.join("/"), locale);
  // Created by `scripts/docs/help-loader.ts`.
  const page: { readonly default: HelpDocument } = await import(`../../docs/${file}.md`);
  return { document: page.default, file, locale: file.startsWith("zh/") ? "zh" : "en" };
}

function isHelpPage([topic = "", page, ...rest]: readonly string[]): boolean {
  if (rest.length > 0) return false;
  if (page === undefined) return isTopic(topic);
  if (topic === "clients") return helpClients.some(({ slug }) => slug === page);
  return topic === "providers" && findProvider(page) !== undefined;
}

export function isTopic(name: string): name is HelpTopic {
  return helpGroups.some(({ topics }) => topics.some(({ topic }) => topic === name));
}

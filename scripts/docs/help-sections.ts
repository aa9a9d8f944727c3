/**
 * The sections of the help's pages, for the command palette: read when the portal is built, so that no page has to be
 * loaded to be searched.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HelpSection } from "../../components/help/help-document.ts";
import { root } from "../root.ts";
import { parseDocument } from "./parse-document.ts";

/** Pages below `docs/` that aren't topics of the help, or whose questions the palette has already. */
const LEFT_OUT = new Set(["README", "architecture", "faq"]);

/** @param pages Names below `docs/`, without their ending. */
export function helpSections(pages: readonly string[]): readonly HelpSection[] {
  return pages
    .filter((page) => !LEFT_OUT.has(page))
    .flatMap((topic) => {
      const translated = `zh/${topic}`;
      const isTranslated = existsSync(fileOf(translated));
      return [
        ...headingsOf(topic, isTranslated ? ["en"] : ["en", "zh"]).map((each) => ({
          topic,
          ...each,
        })),
        ...(isTranslated ? headingsOf(translated, ["zh"]).map((each) => ({ topic, ...each })) : []),
      ];
    });
}

function headingsOf(page: string, languages: HelpSection["languages"]) {
  const path = `docs/${page}.md`;
  return parseDocument(readFileSync(fileOf(page), "utf8"), path).blocks.flatMap((block) =>
    block.kind === "heading" && block.level === 2
      ? [{ title: block.text, id: block.id, languages }]
      : [],
  );
}

function fileOf(page: string): string {
  return join(root, `docs/${page}.md`);
}

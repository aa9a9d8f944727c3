import { apiPage } from "./api-page.ts";
import { conversionPage } from "./conversion-page.ts";
import { judgingPage } from "./judging-page.ts";
import { providerPages } from "./provider-pages.ts";

/** The documents generated from the code: path from the root, and text. */
export function generatedDocuments(): ReadonlyMap<string, string> {
  return new Map([
    ...providerPages(),
    ["docs/conversion.md", conversionPage()],
    ["docs/judging.md", judgingPage()],
    ["docs/api.md", apiPage()],
  ]);
}

/**
 * The documents for programs: `/llms.txt` (llmstxt.org) and each page as Markdown at `/docs/{page}.md`, as files next
 * to the build, so that neither the Worker nor the portal contains them.
 * @module
 */
import { cp, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Below the address; the portal's own pages are below `/help`. */
export const MARKDOWN_FOLDER = "docs";

/** @param assets The folder of static files. */
export async function writeMachineDocs(root: string, assets: string): Promise<void> {
  await cp(join(root, "docs"), join(assets, MARKDOWN_FOLDER), {
    recursive: true,
    // Folders, pages and their charts; other pictures belong to the README.
    filter: (path) => ["", ".md", ".svg"].includes(extname(path)),
  });
  const index = await readFile(join(root, "docs/README.md"), "utf8");
  await writeFile(join(assets, "llms.txt"), llmsText(index));
}

/** @param index `docs/README.md`: a table of pages, each with its description. */
export function llmsText(index: string): string {
  const rows = index.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\) *\| (.*?) *\|$/gm);
  const pages = [...rows].map(
    ([, title, file, summary]) => `- [${title}](/${MARKDOWN_FOLDER}/${file}): ${summary}`,
  );
  return `# One Balance

> One address over many API keys of AI providers: requests go to a key that can serve them. The addresses below are of this instance.

An app is given this instance's address as its base URL (\`/v1\` is understood too) and an access token as its API key. It asks for \`{provider}/{model}\`, an alias, or a model's name alone, in OpenAI's, Anthropic's or Google's form; \`/api/{provider}/…\` is each provider's own API. \`GET /v1/models\` lists what a token may ask for, \`GET /api/quota\` what is left of its limits.

## Pages

${pages.join("\n")}

## For programs

- [OpenAPI](/api/openapi.json): the admin API, every call with its fields
- [Health](/api/health): whether this instance answers
`;
}

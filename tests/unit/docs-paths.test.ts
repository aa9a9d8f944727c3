/** Every file and folder that the documents name exists. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { anchor } from "../../scripts/docs/parse-document.ts";
import { root } from "../../scripts/root.ts";
import { codeSpans, DOCUMENTS, readDocument } from "../docs/markdown.ts";

/** Named in the documents, but not files of the repository. */
const NOT_FILES = new Set(["secrets.json", "openapi.json"]);

/** Created by builds, so they may or may not exist. */
const GENERATED = /^(?:dist|\.open-next|\.next|\.data)\//;

/** Text in backticks that is either below a folder of the repository, or ends like one of its files. */
function namesPath(text: string): boolean {
  if (!/^[\w@.[\]/-]+$/.test(text) || NOT_FILES.has(text) || GENERATED.test(text)) return false;
  const [first = ""] = text.split("/");
  return (
    (text.includes("/") && first !== "" && existsSync(join(root, first))) ||
    /\.(?:tsx?|mjs|md|json|toml|sql)$/.test(text)
  );
}

function namedPaths(document: string): string[] {
  const prose = readDocument(document).replaceAll(/^```[\s\S]*?^```$/gm, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.replace(/#.*/, ""))
    .filter((target) => target !== "" && !/^https?:/.test(target))
    .map((target) => join(dirname(document), target));
  return [...links, ...codeSpans(prose).filter(namesPath)];
}

describe.each(DOCUMENTS)("%s", (document) => {
  test("names only what exists", () => {
    const missing = namedPaths(document).filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  test("links only to sections that exist", () => {
    const links = [...readDocument(document).matchAll(/\]\(([^)\s:#]*)#([^)\s]+)\)/g)];
    const missing = links.filter(([, target = "", hash = ""]) => {
      const page = target === "" ? document : join(dirname(document), target);
      return !anchorsOf(page).includes(hash);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});

function anchorsOf(document: string): string[] {
  const headings = readDocument(document).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) => anchor(heading.replaceAll("`", "")));
}

test("paths are found in the documents, as links and in backticks", () => {
  expect(namedPaths("README.md")).toEqual(
    expect.arrayContaining(["docs/errors.md", "LICENSE", "bench/results/report.json"]),
  );
  expect(namedPaths("CONTRIBUTING.md")).toEqual(
    expect.arrayContaining(["worker.ts", "app/api/[provider]/[[...path]]/route.dev.ts"]),
  );
});

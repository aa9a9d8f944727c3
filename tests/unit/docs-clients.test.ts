/** The pages on clients, the portal and `npx one-balance setup` agree. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { helpClients } from "../../components/help/help-topics.ts";
import { clientSnippets } from "../../lib/snippets/client-snippets.ts";
import { root } from "../../scripts/root.ts";
import { SETUPS } from "../../scripts/setup/client-files.ts";
import { readDocument } from "../docs/markdown.ts";

/** The address in the documents. */
const WRITTEN = "http://127.0.0.1:8787";

const shown = clientSnippets({ origin: WRITTEN, token: "t", providers: null, models: null });
const pages = readdirSync(join(root, "docs/clients")).map((file) => file.replace(/\.md$/, ""));

test("every client with a page is in the help, and in the portal's choice", () => {
  expect(helpClients.map(({ slug }) => slug).toSorted()).toEqual(pages.toSorted());
  const ids = shown.map(({ client }) => client.replace(/-(?:python|js)$/, ""));
  expect(pages.filter((page) => !ids.includes(page))).toEqual([]);
});

test.each(pages)("%s: the address that the portal shows stands on its page", (page) => {
  for (const snippet of shown) {
    if (snippet.client.replace(/-(?:python|js)$/, "") !== page && snippet.client !== page) continue;
    const text =
      snippet.kind === "code"
        ? snippet.code
        : snippet.settings.map(({ value }) => value).join("\n");
    const addresses = text.match(/http:\/\/127\.0\.0\.1:8787[^\s"']*/g) ?? [];
    expect(addresses).not.toEqual([]);
    for (const address of addresses) {
      for (const folder of ["docs", "docs/zh"]) {
        expect(readDocument(`${folder}/clients/${page}.md`)).toContain(address);
      }
    }
  }
});

test.each(Object.keys(SETUPS))("%s: its page tells of setup", (client) => {
  expect(readDocument(`docs/clients/${client}.md`)).toContain(`npx one-balance setup ${client}`);
  expect(readDocument("docs/command-line.md")).toContain(`| \`${client}\``);
});

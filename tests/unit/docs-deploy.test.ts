/** docs/deploy.md agrees with the scripts. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { TOKEN_PERMISSIONS } from "../../scripts/deploy/advice.ts";
import { root } from "../../scripts/root.ts";
import { codeSpans, readDocument, snippet, tableRows } from "../docs/markdown.ts";

const document = readDocument("docs/deploy.md");

test("lists every option", () => {
  const listed = tableRows(document, "checked against the code: options").map(
    ([option = ""]) => codeSpans(option)[0]?.split(" ")[0],
  );
  const source = readFileSync(join(root, "scripts/deploy.ts"), "utf8");
  const told = /there are: ([^)]+)\)/.exec(source)?.[1]?.split(", ") ?? [];
  expect(listed).toEqual(told.map((option) => option.split(" ")[0]));
});

test("lists every permission that the advice names", () => {
  const rows = tableRows(document, "checked against the code: permissions");
  const inWords = (scope: string) =>
    rows
      .filter(([of]) => of === scope)
      .map(([, permission, level]) => `${permission} ${level}`)
      .join(", ");
  const told = TOKEN_PERMISSIONS.replace(" (for Pages)", "");
  expect(told).toBe(`Account: ${inWords("Account")}; User: ${inWords("User")}`);
});

test("the deploy button has words for the database and every variable it asks for", () => {
  const example = readFileSync(join(root, ".dev.vars.example"), "utf8");
  const asked = [...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  const { bindings } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).cloudflare;
  expect(Object.keys(bindings).toSorted()).toEqual(["DB", ...asked].toSorted());
  for (const { description } of Object.values<{ description: string }>(bindings)) {
    expect(description).not.toBe("");
  }
});

test.each(["domain", "placement"])("wrangler understands the lines for %s", async (name) => {
  const lines = snippet(document, `checked against wrangler: ${name}`);
  const wrangler = readFileSync(join(root, "wrangler.toml"), "utf8");
  const file = join(tmpdir(), `one-balance-${crypto.randomUUID()}.toml`);
  // Top-level lines go before the first table.
  const text = name === "domain" ? `${lines}\n${wrangler}` : `${wrangler}\n${lines}`;
  await writeFile(file, text);
  const config = readConfig({ config: file });
  expect(name === "domain" ? config.routes : config.placement).toMatchObject(
    name === "domain"
      ? [{ pattern: "ai.example.com", custom_domain: true }]
      : { region: "aws:us-east-1" },
  );
});

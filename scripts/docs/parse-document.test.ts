import { expect, test } from "vitest";
import { parseDocument } from "./parse-document";

const blocks = (markdown: string, path = "docs/page.md") =>
  parseDocument(`# Title\n\n${markdown}`, path).blocks;

test("links lead to the portal's pages, and to nowhere where it has none", () => {
  const hrefs = (markdown: string, path?: string) =>
    blocks(markdown, path).flatMap((block) =>
      block.kind === "paragraph"
        ? block.children.map((part) =>
            typeof part === "string" ? part : part.kind === "link" ? part.href : "",
          )
        : [],
    );
  expect(hrefs("[a](faq.md#cost)")).toEqual(["/help/faq#cost"]);
  expect(hrefs("[a](../keys.md)", "docs/clients/codex.md")).toEqual(["/help/keys"]);
  expect(hrefs("[a](clients/codex.md)", "docs/zh/clients.md")).toEqual(["/help/clients/codex"]);
  expect(hrefs("[a](../../errors.md)", "docs/zh/clients/codex.md")).toEqual(["/help/errors"]);
  expect(hrefs("[a](README.md)")).toEqual(["/help"]);
  expect(hrefs("[a](https://example.com/x)")).toEqual(["https://example.com/x"]);
  expect(hrefs("[the code](../lib/pool)")).toEqual(["the code"]);
  expect(hrefs("[made so](architecture.md)")).toEqual(["made so"]);
});

test("headings get the anchors that GitHub gives them", () => {
  expect(blocks("## `model` must be {provider}/{model}")).toMatchObject([
    { kind: "heading", level: 2, id: "model-must-be-providermodel" },
  ]);
  expect(blocks("### 密钥 与 429")).toMatchObject([{ id: "密钥-与-429" }]);
});

test("what a program prints is distinguished from what is to be copied, and comments are left out", () => {
  const fence = "```text\nready\n```";
  expect(blocks(`<!-- printed by: npm start -->\n${fence}\n\n${fence}`)).toEqual([
    { kind: "code", language: "text", code: "ready", isOutput: true },
    { kind: "code", language: "text", code: "ready", isOutput: false },
  ]);
});

test("tables, lists and marks within a text", () => {
  expect(blocks("| A | B |\n| --- | --- |\n| `x\\|y` | **z** |\n\n- one\n- two")).toEqual([
    {
      kind: "table",
      head: [["A"], ["B"]],
      rows: [[[{ kind: "code", text: "x|y" }], [{ kind: "strong", children: ["z"] }]]],
    },
    {
      kind: "list",
      isOrdered: false,
      items: [
        [{ kind: "paragraph", children: ["one"] }],
        [{ kind: "paragraph", children: ["two"] }],
      ],
    },
  ]);
});

test("charts are pictures with a description; they are served where the repository has them", () => {
  const picture = {
    kind: "picture",
    src: "/docs/images/benchmarks-share.svg",
    description: "Bars",
  };
  expect(blocks("![Bars](images/benchmarks-share.svg)")).toEqual([picture]);
  expect(blocks("![Bars](../images/benchmarks-share.svg)", "docs/zh/faq.md")).toEqual([picture]);
  expect(() => blocks("![Bars](../bench/results/x.svg)")).toThrow("only shows charts");
});

test("Markdown that the portal doesn't show is rejected", () => {
  expect(() => blocks("![a picture](a.png)")).toThrow(
    "docs/page.md: the portal only shows charts of docs/images",
  );
  expect(() => blocks("<b>bold</b>")).toThrow("does not show html");
  expect(() => parseDocument("no title", "docs/page.md")).toThrow("begins with no title");
});

import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { helpClients, helpGroups } from "../../components/help/help-topics";
import { root } from "../root";
import { writeMachineDocs } from "./machine-docs";

let assets = "";
beforeAll(async () => {
  assets = await mkdtemp(join(tmpdir(), "one-balance-assets-"));
  await writeMachineDocs(root, assets);
});
afterAll(() => rm(assets, { recursive: true, force: true }));

describe("the documents for programs", () => {
  test("every page of the help is there as it is written, and nothing else", async () => {
    const topics = helpGroups.flatMap((group) => group.topics.map(({ topic }) => topic));
    const pages = [...topics, ...helpClients.map(({ slug }) => `clients/${slug}`)];
    for (const page of [...pages, "zh/faq", "providers/openai"]) {
      const [written, source] = await Promise.all(
        [assets, root].map((folder) => readFile(join(folder, `docs/${page}.md`), "utf8")),
      );
      expect(written).toBe(source);
    }
    const files = await readdir(join(assets, "docs"), { recursive: true, withFileTypes: true });
    const others = files.filter((file) => file.isFile() && !file.name.endsWith(".md"));
    // Charts that a page shows.
    const shown = await readFile(join(root, "docs/benchmarks.md"), "utf8");
    for (const { name } of others) expect(shown).toContain(`(images/${name})`);
  });

  test("llms.txt lists every topic of the help, at addresses that are there", async () => {
    const text = await readFile(join(assets, "llms.txt"), "utf8");
    expect(text).toMatch(/^# One Balance\n\n> /);
    const listed = [...text.matchAll(/\]\(\/(docs\/[^)]+)\)/g)].map(([, path = ""]) => path);
    expect(listed.filter((path) => !existsSync(join(assets, path)))).toEqual([]);
    for (const { topics } of helpGroups) {
      for (const { topic } of topics) expect(listed).toContain(`docs/${topic}.md`);
    }
  });
});

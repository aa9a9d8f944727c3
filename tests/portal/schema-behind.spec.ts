/** A version that was deployed without its migrations, in the portal of those who can fix it. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import journal from "../../drizzle/meta/_journal.json" with { type: "json" };
import { root } from "../../scripts/root.ts";
import { ADMIN_TOKEN, startStack } from "../e2e/harness.ts";
import { expect, expectAccessible, setUp, test } from "./portal.ts";

const NEXT = "9999_of_the_next_version";

/** The build as if its newest migration were another one, which no database has applied. */
async function nextVersion(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "one-balance-next-version-"));
  const newest = journal.entries.at(-1)?.tag ?? "";
  for (const module of ["worker.js", "portal.js"]) {
    const built = await readFile(join(root, "dist/worker", module), "utf8");
    await writeFile(join(dir, module), built.replaceAll(newest, NEXT));
  }
  return dir;
}

test("the portal says that the database is behind, and what to do, while requests are served", async ({
  browser,
}) => {
  const workerDir = await nextVersion();
  const stack = await startStack({ vars: { SETUP_TOKEN: "test-setup-token" }, workerDir });
  try {
    stack.upstream.setKey("sk-fake-good", { kind: "ok" });
    await stack.admin.addKeys("openai", ["sk-fake-good"]);
    const context = await browser.newContext({ baseURL: stack.url });
    await setUp(context.request, stack);
    const page = await context.newPage();
    await page.goto("/");
    const notice = page.getByRole("status").filter({ hasText: "The database is older" });
    await expect(notice).toContainText(`${NEXT}.sql`);
    await expect(notice).toContainText("npm run deploy");
    await expectAccessible(page);
    const response = await fetch(`${stack.url}/api/openai/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
    });
    expect(response.status).toBe(200);
    await context.close();
  } finally {
    await stack.close();
    await rm(workerDir, { recursive: true, force: true });
  }
});

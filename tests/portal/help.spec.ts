import { expect, expectAccessible, test } from "./portal.ts";

test("help is read, copied from and found by typing", async ({ admin, server }) => {
  await admin.goto("/help");
  await expectAccessible(admin);
  await admin.getByRole("link", { name: /^Questions/ }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "Questions" })).toBeVisible();
  // The examples are for the reader's own portal.
  await expect(admin.getByText(`${server.url}/api/openai/chat/completions`)).toBeVisible();
  await expect(admin.getByText("http://127.0.0.1:8787/api/openai")).toHaveCount(0);
  await expectAccessible(admin);

  await admin.keyboard.press("Control+k");
  await admin.getByRole("combobox").fill("CORS");
  await admin.getByRole("option", { name: "Can a page in the browser call it (CORS)?" }).click();
  await expect(admin).toHaveURL(/\/help\/faq#can-a-page-in-the-browser-call-it-cors$/);

  await admin.goto("/help/clients");
  await admin.getByRole("link", { name: "Claude Code" }).click();
  await expect(admin.getByText(`ANTHROPIC_BASE_URL="${server.url}/api/anthropic"`)).toBeVisible();
  await expect(admin.getByRole("link", { name: "This page as Markdown" })).toHaveAttribute(
    "href",
    "/docs/clients/claude-code.md",
  );
  const markdown = await fetch(`${server.url}/docs/clients/claude-code.md`);
  expect([markdown.status, markdown.headers.get("content-type")]).toEqual([
    200,
    expect.stringMatching(/^text\/markdown/),
  ]);
  expect(await (await fetch(`${server.url}/llms.txt`)).text()).toContain("/docs/clients.md");

  await admin.goto("/help/benchmarks");
  const chart = admin.getByRole("img", { name: /^Requests per second relative to/ });
  await chart.scrollIntoViewIfNeeded();
  await expect
    .poll(() => chart.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await expectAccessible(admin);
  expect((await admin.goto("/help/clients/nothing"))?.status()).toBe(404);
});

test("help is in Chinese where it is translated, and says where it is not", async ({
  admin,
  server,
}) => {
  await admin.context().addCookies([{ name: "locale", value: "zh", url: server.url }]);
  await admin.goto("/help/faq");
  await expect(admin.getByRole("heading", { level: 1, name: "常见问题" })).toBeVisible();
  await expect(admin.getByText("本页只有英文版。")).toHaveCount(0);
  await admin.goto("/help/judging");
  await expect(admin.getByText("本页只有英文版。")).toBeVisible();
  await expectAccessible(admin);
});

/** The playground: a prompt through the proxy, and what is shown about its route. */
import type { Page } from "@playwright/test";
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

const KEY = "sk-fake-playground-spec-0123456789abcd";
const MASKED = "sk-fake-…abcd";

test.beforeEach(async ({ server }) => {
  server.upstream.setKey(KEY, { kind: "ok" });
  await server.admin.addKeys("openai", [KEY]);
});

/** A fact about the call, by its name. */
const fact = (page: Page, name: string) =>
  page.getByRole("term").filter({ hasText: name }).locator("xpath=following-sibling::dd");

/** Next adds its own alert to the page. */
const problem = (page: Page) => page.getByRole("main").getByRole("alert");

const send = (page: Page) => page.getByRole("button", { name: "Send prompt" }).click();

test("a model from the list answers, and tells key, attempts, times, tokens and cost", async ({
  admin,
}) => {
  await admin.goto("/playground");
  await expectAccessible(admin);
  await send(admin);
  await expect(admin.getByRole("combobox", { name: "Model" })).toHaveAccessibleDescription(
    "Choose a model first.",
  );
  await admin.getByRole("combobox", { name: "Model" }).click();
  await admin.getByPlaceholder("Search or type provider/model").fill("4o-mini");
  await expectAccessible(admin);
  await admin.getByRole("option", { name: "openai/gpt-4o-mini" }).click();
  await expect(admin).toHaveURL(/model=openai/);
  await admin.getByLabel("Prompt", { exact: true }).fill("Guten Tag, 世界");
  await admin.getByLabel("Temperature").fill("0.5");
  await admin.getByLabel("Max tokens").fill("64");
  await send(admin);

  await expect(admin.getByTestId("answer")).toHaveText("You said: Guten Tag, 世界");
  await expect(fact(admin, "Served by key")).toHaveText(MASKED);
  await expect(fact(admin, "Attempts")).toHaveText("1");
  await expect(fact(admin, "First token after")).toHaveText(/^[\d.]+ (ms|s)$/);
  await expect(fact(admin, "Took")).toHaveText(/^[\d.]+ (ms|s)$/);
  await expect(fact(admin, "Input tokens")).toHaveText(/^\d+$/);
  await expect(fact(admin, "Output tokens")).toHaveText(/^\d+$/);
  await expect(fact(admin, "Cost")).toHaveText("<$0.0001");
  await expect(fact(admin, "Cost").locator("span")).toHaveAttribute("title", /^\$0\.0000\d+$/);
  await expect(fact(admin, "Request")).toHaveText(/^req_/);
  await expect(fact(admin, "Request").getByRole("link")).toHaveAttribute(
    "href",
    /^\/requests\/req_/,
  );
  await expectAccessible(admin);
});

test("what is sent is what the curl says", async ({ admin, server }) => {
  await admin.goto("/playground?model=openai/gpt-4o-mini");
  await admin.getByLabel("System prompt").fill("It's short.");
  await admin.getByLabel("Max tokens").fill("64");
  const request = admin.waitForRequest("**/api/compat/chat/completions");
  await send(admin);
  const sent = (await request).postDataJSON();
  await expect(admin.getByTestId("answer")).toBeVisible();
  const curl = (await admin.locator("[data-slot=code-block] code").last().textContent()) ?? "";
  expect(curl).toContain(`${server.url}/api/compat/chat/completions`);
  const [, quoted = ""] = /-d '([\s\S]*)'$/.exec(curl) ?? [];
  expect(JSON.parse(quoted.replaceAll(`'\\''`, "'"))).toEqual(sent);
  expect(sent).toMatchObject({
    stream: true,
    max_completion_tokens: 64,
    messages: [
      { role: "system", content: "It's short." },
      { role: "user", content: "Say hello in three languages." },
    ],
  });
});

test("the key is shown to the playground's own token only", async ({ admin, server }) => {
  const { token } = await server.admin.createToken({ name: "pasted" });
  expect((await askProxy(server, token)).headers.has("x-one-balance-key")).toBe(false);
  await admin.goto("/playground?model=openai/gpt-4o-mini");
  await admin.getByRole("radio", { name: "Another one" }).click();
  await admin.getByRole("textbox", { name: "Access token" }).fill(token);
  await send(admin);
  await expect(admin.getByTestId("answer")).toBeVisible();
  await expect(fact(admin, "Served by key")).toHaveText("–");

  await admin.getByLabel("Prompt", { exact: true }).fill("Again");
  await admin.getByRole("textbox", { name: "Access token" }).fill("ob-nobody");
  await send(admin);
  await expect(problem(admin)).toContainText("The token was rejected");
});

test("a rejected key counts as an attempt, and the next one serves", async ({ admin, server }) => {
  // The list of models is read with it nevertheless.
  server.upstream.setKey("gsk_fake_first_banned_0001", {
    kind: "by-model",
    models: { "llama-3.1-8b-instant": { kind: "banned" } },
  });
  server.upstream.setKey("gsk_fake_second_good_00002", { kind: "ok" });
  await server.admin.addKeys("groq", [{ key: "gsk_fake_first_banned_0001", priority: 0 }]);
  await server.admin.addKeys("groq", [{ key: "gsk_fake_second_good_00002", priority: 1 }]);
  await admin.goto("/playground?model=groq/llama-3.1-8b-instant");
  await send(admin);
  await expect(admin.getByTestId("answer")).toBeVisible();
  await expect(fact(admin, "Attempts")).toHaveText("2");
  await expect(fact(admin, "Served by key")).toHaveText(/0002$/);
});

test("an answer is watched as it streams, and stopped", async ({ admin }) => {
  await admin.goto("/playground?model=openai/fake-slow-stream");
  await send(admin);
  const answer = admin.getByTestId("answer");
  const length = async () => (await answer.textContent())?.length ?? 0;
  const early = await length();
  await expect.poll(length).toBeGreaterThan(early);
  await admin.getByRole("button", { name: "Stop" }).click();
  await expect(admin.getByText("You stopped it here.")).toBeVisible();
  await expect(admin.getByRole("button", { name: "Send prompt" })).toBeVisible();
});

test("a pool without keys is explained", async ({ admin }) => {
  await admin.goto("/playground?model=deepseek/deepseek-chat");
  await send(admin);
  await expect(problem(admin)).toContainText("No key can serve this");
  await expect(problem(admin)).toContainText("Add one, or unblock those there are.");
  await expectAccessible(admin);
});

test("a token that another tab replaced is renewed without a word", async ({ admin }) => {
  const path = "/playground?model=openai/gpt-4o-mini";
  await admin.goto(path);
  await send(admin);
  await expect(admin.getByTestId("answer")).toBeVisible();
  const second = await admin.context().newPage();
  await second.goto(path);
  await send(second);
  await expect(second.getByTestId("answer")).toBeVisible();
  await second.close();
  await admin.getByLabel("Prompt", { exact: true }).fill("Again");
  await send(admin);
  await expect(admin.getByTestId("answer").last()).toHaveText("You said: Again");
});

test("a member has it too, a viewer has not; its token is in no list", async ({
  admin,
  browser,
}) => {
  const { page } = await newMember(browser, admin, "member", "Max");
  await page.goto("/playground?model=openai/gpt-4o-mini");
  await send(page);
  await expect(page.getByTestId("answer")).toBeVisible();
  await page.goto("/tokens");
  await expect(page.getByText("No access tokens yet")).toBeVisible();
  await page.context().close();
  const viewer = await newMember(browser, admin, "viewer", "Viv");
  expect((await viewer.page.request.get("/playground")).status()).toBe(403);
  expect((await viewer.page.request.get("/known-models")).status()).toBe(403);
  await viewer.page.context().close();
});

test("an alias is chosen like a model, and the answer says which model gave it", async ({
  admin,
  server,
}) => {
  await server.admin.call("POST", "model-aliases", {
    name: "quick",
    targets: [{ provider: "openai", model: "gpt-4o-mini" }],
  });
  await admin.goto("/playground");
  await expect(async () => {
    await admin.getByRole("combobox", { name: "Model" }).click();
    await admin.getByRole("option", { name: "quick" }).click({ timeout: 1000 });
  }).toPass();
  await send(admin);
  await expect(admin.getByTestId("answer")).toBeVisible();
  await expect(fact(admin, "Answered by")).toHaveText("openai/gpt-4o-mini");
});

test("a conversation goes on, is compared with another model's, shows tools and what came, and is begun anew", async ({
  admin,
}) => {
  const bodies: string[] = [];
  admin.on("request", (request) => {
    if (request.url().endsWith("/chat/completions")) bodies.push(request.postData() ?? "");
  });
  await admin.goto("/playground?model=openai/gpt-4o-mini");
  const prompt = admin.getByLabel("Prompt", { exact: true });
  await prompt.fill("One");
  await send(admin);
  const answers = admin.getByTestId("answer");
  await expect(answers).toHaveText(["You said: One"]);
  await expect(prompt).toHaveValue("");
  await prompt.fill("Two");
  await send(admin);
  await expect(answers).toHaveText(["You said: One", "You said: Two"]);
  expect(bodies.at(-1)).toMatch(/One.*You said: One.*Two/);
  await admin.getByRole("button", { name: "Copy Answer" }).first().click();

  await admin.getByText("Raw response").last().click();
  await expect(admin.locator("[data-slot=code-block]").first()).toContainText('"choices"');

  await admin.getByRole("button", { name: "New conversation" }).click();
  await expect(answers).toHaveCount(0);
  await admin.getByRole("button", { name: "Compare with another model" }).click();
  await admin.getByRole("combobox", { name: "Second model" }).click();
  await admin.getByPlaceholder("Search or type provider/model").fill("gpt-4o");
  await admin.getByRole("option", { name: "openai/gpt-4o", exact: true }).click();
  await expect(admin).toHaveURL(/with=openai/);
  await prompt.fill("Both");
  await admin.getByLabel("Add images").setInputFiles({
    name: "dot.png",
    mimeType: "image/png",
    buffer: Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
  });
  await expect(admin.getByRole("img", { name: "Image 1" })).toBeVisible();
  await send(admin);
  await expect(admin.getByRole("region", { name: "Answer", exact: true })).toContainText("Both");
  await expect(answers).toHaveCount(2);
  expect(bodies.filter((body) => body.includes("data:image/png"))).toHaveLength(2);
  await expectAccessible(admin);

  await admin.getByRole("button", { name: "Don’t compare" }).click();
  await admin.getByRole("button", { name: "New conversation" }).click();
  await admin.getByText("Tools", { exact: true }).click();
  const tools = admin.getByRole("textbox", { name: "Tools" });
  await tools.fill("{");
  await prompt.fill("Weather");
  await send(admin);
  await expect(admin.getByText("A list of tools in JSON, or empty.")).toBeVisible();
  await tools.fill('[{"type":"function","function":{"name":"get_weather","parameters":{}}}]');
  await send(admin);
  await expect(admin.getByText("Calls get_weather")).toBeVisible();

  // The next visit begins with the model of this one.
  await admin.goto("/playground");
  await expect(admin.getByRole("combobox", { name: "Model" })).toHaveText("openai/gpt-4o-mini");
});

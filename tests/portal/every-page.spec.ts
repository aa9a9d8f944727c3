/**
 * A walk over every page, with keys in the pool: their text reaches no response and no log, and on phones nothing is
 * cut off or too small for a thumb.
 */
import type { Page } from "@playwright/test";
import { chat } from "../e2e/chat.ts";
import { portalPages } from "./pages.ts";
import { expect, expectAccessible, test } from "./portal.ts";

/** No part of these appears in a masked form, or in the portal's own code. */
const KEYS = {
  good: "sk-proj-fakeLEAKgoodLEAKgoodLEAKgoodLEAK0001tail",
  banned: "sk-proj-fakeLEAKdeadLEAKdeadLEAKdeadLEAK0002tail",
  pasted: "sk-proj-fakeLEAKpastLEAKpastLEAKpastLEAK0003tail",
};
const SECRET = /LEAK(?:good|dead|past)LEAK/;

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

test("no answer to the browser and no log line holds a provider key; at 390 px nothing is cut off or small", async ({
  admin: page,
  server,
  servers,
}) => {
  test.slow();
  const answers: { readonly url: string; readonly text: Promise<string> }[] = [];
  page.on("response", (response) => {
    const text = response.text().catch(() => "");
    answers.push({ url: `${response.request().method()} ${response.url()}`, text });
  });
  server.upstream.setKey(KEYS.good, { kind: "ok" });
  // The provider repeats the key in its rejection.
  server.upstream.setKey(KEYS.banned, { kind: "invalid" });
  await server.admin.addKeys("openai", [KEYS.good, KEYS.banned]);
  await chat(server, { model: "gpt-4o" });
  await chat(server, { model: "gpt-4o" });
  await expect.poll(() => server.admin.listKeys("status=blocked")).toHaveLength(1);

  await page.goto("/keys/add?provider=openai");
  await page.getByLabel("Keys", { exact: true }).fill(`${KEYS.pasted}\n${KEYS.good}`);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Add 1 key" }).click();
  await expect(page.getByRole("heading", { name: "1 key added" })).toBeVisible();

  for (const { id } of await server.admin.listKeys("provider=openai")) {
    await page.goto(`/keys/openai?key=${id}`);
    await expect(page.getByRole("heading", { name: "History" })).toBeVisible();
  }
  await page.getByRole("dialog").getByRole("button", { name: "Check" }).click();
  await expect(page.locator("[data-sonner-toast]").first()).toBeVisible();
  for (const format of ["csv", "json"]) {
    const file = await page.request.get(`/keys/export?provider=openai&format=${format}`);
    expect(file.ok()).toBe(true);
    expect(await file.text()).not.toMatch(SECRET);
  }
  const small: string[] = [];
  for (const path of portalPages()) {
    await page.setViewportSize(PHONE);
    await page.goto(path, { waitUntil: "networkidle" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, `width of ${path}`).toBe(PHONE.width);
    small.push(...(await smallTargets(page)).map((target) => `${path}: ${target}`));
    expect(await page.content(), path).not.toMatch(SECRET);
    if (!path.startsWith("/settings")) continue;
    await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    await page.setViewportSize(DESKTOP);
    await expectAccessible(page);
  }
  expect(small, "targets below 40 px").toEqual([]);
  // The walk was observed: pages, their payloads, scripts and the responses of actions.
  expect(answers.length).toBeGreaterThan(50);
  expect(answers.filter(({ url }) => url.startsWith("POST ")).length).toBeGreaterThan(2);
  for (const { url, text } of answers) expect(await text, url).not.toMatch(SECRET);
  expect(servers.logged.join("\n")).not.toMatch(SECRET);
});

/**
 * What can be pressed and is less than 40 px wide or high, with its area outside of what is drawn. Links that are only
 * text are as high as their line, and what opens a card is as large as the card.
 */
function smallTargets(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const LEAST = 39.5;
    const LINE = 21;
    const pressed =
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=switch], [role=checkbox], [role=radio]";
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>(pressed)) {
      const { width, height } = element.getBoundingClientRect();
      // What only screen readers see, and a form's copies of what is drawn otherwise.
      const isHidden =
        width <= 1 ||
        height <= 1 ||
        element.closest("[aria-hidden=true], .sr-only, [data-cards] > thead") !== null;
      const isCard = element.matches("[data-cards] [data-opens]");
      // Within a sentence it wraps with it.
      const isText =
        element.matches("a") && (height <= LINE || getComputedStyle(element).display === "inline");
      if (isHidden || isCard || isText) continue;
      const after = getComputedStyle(element, "::after");
      const around = (side: "top" | "right" | "bottom" | "left") =>
        after.position === "absolute" ? Math.max(0, -Number.parseFloat(after[side]) || 0) : 0;
      const size = [
        width + around("left") + around("right"),
        height + around("top") + around("bottom"),
      ];
      if (size.every((side) => side >= LEAST)) continue;
      const name = element.getAttribute("aria-label") ?? element.textContent?.trim();
      found.push(`${element.tagName} "${name}" ${size.map(Math.round).join(" x ")}`);
    }
    return found;
  });
}

/** What an upstream responds, opened as a page on the portal's own origin by a signed-in admin. */
import { expect, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

/** Changes the title, calls the portal in the admin's name, and navigates: none of it may happen. */
const SCRIPT = `
  document.title = "ran";
  fetch("/team").then(() => { document.title = "asked"; });
  navigator.serviceWorker?.register("/api/openai/v1/files/worker/content");
  location.href = "/team";
`;
const PAGES = {
  html: {
    type: "text/html",
    body: `<!doctype html><title>page</title><h1>An upstream's words</h1><script>${SCRIPT}</script><img src='data:image/png,x' onerror='${SCRIPT}'><form id=f action=/team method=post></form>`,
  },
  svg: {
    type: "image/svg+xml",
    body: `<svg xmlns="http://www.w3.org/2000/svg"><title>page</title><script>${SCRIPT}</script></svg>`,
  },
  xhtml: {
    type: "application/xhtml+xml",
    body: `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>page</title></head><body><script>${SCRIPT}</script></body></html>`,
  },
  unnamed: { type: "", body: `<!doctype html><title>page</title><script>${SCRIPT}</script>` },
} as const;

const TOKEN = "test-admin-token";

for (const [name, { type, body }] of Object.entries(PAGES)) {
  test(`an upstream's page (${name}) runs nothing and takes nothing from the portal`, async ({
    admin,
    server,
  }) => {
    const key = `sk-fake-page-${name}`;
    const headers = {
      ...(type !== "" && { "content-type": type }),
      "clear-site-data": '"cookies", "storage"',
      "service-worker-allowed": "/",
      refresh: "1; url=/team",
      "set-cookie": "planted=1; Path=/",
    };
    server.upstream.setKey(key, { kind: "answer", answer: { status: 200, headers, body } });
    await server.admin.call("POST", "provider-keys/delete", { filter: { provider: "openai" } });
    await server.admin.addKeys("openai", [key]);
    expect((await askProxy(server, TOKEN)).status).toBe(200);

    const page = await admin.context().newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const path = "/api/openai/v1/files/file-page/content";
    const answer = await page.goto(`${path}?key=${TOKEN}`).catch(() => null);
    // What has no type may be offered for saving instead of being shown.
    if (answer !== null) {
      expect(answer.headers()["content-security-policy"]).toMatch(/^sandbox;/);
      expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
    }
    // A refresh would be due after a second, and scripts run before that.
    await page.waitForTimeout(1_500);
    expect(asked.filter((each) => each !== path && each !== "/favicon.ico")).toEqual([]);
    if (answer !== null) expect(page.url()).toContain(path);
    expect(page.context().serviceWorkers()).toEqual([]);
    await page.close();

    const cookies = await admin.context().cookies();
    expect(cookies.some(({ name: cookie }) => cookie === "planted")).toBe(false);
    // Still signed in, by the browser's own cookies.
    expect((await admin.request.get("/team", { maxRedirects: 0 })).status()).toBe(200);
  });
}

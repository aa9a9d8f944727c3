/** One list for both of Cloudflare's platforms, on the build as it is deployed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

/** A database whose last maintenance ran this long ago: cron takes its turn after 10 minutes, requests after 30. */
const ranMinutesAgo = (minutes: number) =>
  `insert into upkeep (id, lease_until_ms, started_at_ms, started_by, runs)
   values (1, 0, ${Date.now() - minutes * 60_000}, 'person', 0)`;

describe.each([
  { platform: "workers", hasObject: true, name: "workers" },
  { platform: "workers", hasObject: false, name: "workers, without the object" },
  { platform: "pages", hasObject: true, name: "pages, with its companion" },
  { platform: "pages", hasObject: false, name: "pages, without the object" },
] as const)("on $name", ({ platform, hasObject }) => {
  const startedBy = platform === "workers" ? "cron" : "request";
  let server: Stack;
  beforeAll(async () => {
    const prepare = ranMinutesAgo(startedBy === "cron" ? 15 : 31);
    server = await startStack({ platform, hasObject, prepare });
  }, 240_000);
  afterAll(() => server?.close());

  const chat = (body: object, token = ADMIN_TOKEN) =>
    fetch(`${server.url}/api/openai/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: "Hello" }],
        ...body,
      }),
    });

  test("it is healthy", async () => {
    const response = await fetch(`${server.url}/api/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  test("the portal's first page comes with its security headers, its files as files", async () => {
    const response = await fetch(server.url);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain("One Balance");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src [^;]*'nonce-/);
    expect(policy).not.toMatch(/script-src [^;]*'unsafe-inline'/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const [, file = ""] = /src="(\/_next\/static\/[^"]+\.js)"/.exec(html) ?? [];
    const script = await fetch(`${server.url}${file}`);
    expect(script.status).toBe(200);
    expect(script.headers.get("content-type")).toContain("javascript");
  });

  test("the admin API is guarded", async () => {
    const response = await fetch(`${server.url}/api/admin/provider-keys`);
    expect(response.status).toBe(401);
  });

  test("a key is added, and a chat served with it", async () => {
    server.upstream.setKey("sk-fake-good", { kind: "ok" });
    expect(await server.admin.addKeys("openai", ["sk-fake-good"])).toMatchObject({ added: 1 });
    const response = await chat({});
    expect(response.status).toBe(200);
    const { choices } = (await response.json()) as {
      choices: { message: { content: string } }[];
    };
    expect(choices[0]?.message.content).toBe("You said: Hello");
    expect(server.upstream.requests.at(-1)?.key).toBe("sk-fake-good");
  });

  test("a stream arrives piece by piece while the upstream still sends", async () => {
    const response = await chat({ model: "fake-slow-stream", stream: true });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body?.getReader();
    // All of it takes a minute.
    for (let piece = 0; piece < 3; piece++) {
      const { value } = (await reader?.read()) ?? {};
      expect(new TextDecoder().decode(value)).toContain("chat.completion.chunk");
    }
    await reader?.cancel();
  });

  test("an access token made by the admin works, an unknown one does not", async () => {
    const { token } = await server.admin.createToken({ name: "app", providers: ["openai"] });
    expect((await chat({}, token)).status).toBe(200);
    const refused = await chat({}, "ob-unknown");
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: "invalid_access_token" } });
  });

  test("what was added stays: the key is listed, masked", async () => {
    const keys = await server.admin.listKeys("provider=openai");
    expect(keys).toMatchObject([{ provider: "openai", status: "active" }]);
    expect(JSON.stringify(keys)).not.toContain("sk-fake-good");
  });

  // A companion is called by its own cron, which `wrangler pages dev` can't trigger; `deploy.test.ts` checks that it
  // gets one, and what follows is the same as on Workers.
  if (platform === "pages" && hasObject) return;
  test(`the upkeep runs by ${startedBy}`, async () => {
    const finished = async () => {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
      const metrics = await fetch(`${server.url}/api/metrics`, { headers });
      return /_maintenance_finished_\w+\{started_by="(\w+)"\}/.exec(await metrics.text())?.[1];
    };
    if (startedBy === "cron") {
      expect(await finished()).toBeUndefined();
      expect((await fetch(`${server.url}/cdn-cgi/handler/scheduled`)).status).toBe(200);
    }
    await expect.poll(finished, { timeout: 30_000 }).toBe(startedBy);
  });
});

/** The team's custom providers, on a running server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    vars: { ALLOW_PRIVATE_UPSTREAMS: "1" },
    upstream: { unknownKey: () => ({ kind: "ok" }) },
  });
});
afterAll(() => stack?.close());

/** The fake provider as if it were independent: below its gateway's address. */
const provider = (slug: string, protocol: "openai" | "anthropic" | "google", path: string) => ({
  slug,
  label: `Own ${slug}`,
  baseUrl: `${stack.upstream.gatewayUrl}/${path}`,
  keyHeader: protocol === "openai" ? "authorization" : "x-api-key",
  keyPrefix: protocol === "openai" ? "Bearer " : "",
  protocol,
});

const ask = (path: string, body?: unknown, token = ADMIN_TOKEN) =>
  fetch(`${stack.url}/api/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const messages = [{ role: "user", content: "Hello" }];

const lastRequest = () => stack.upstream.requests.at(-1);

describe("a provider of the team's own", () => {
  test("serves its path, the OpenAI form and the model list as soon as it is added", async () => {
    await stack.admin.call("POST", "custom-providers", provider("acme", "openai", "acme"));
    await stack.admin.addKeys("acme", ["fake-acme-key"]);
    const native = await ask("acme/v1/chat/completions", { model: "m1", messages });
    expect(native.status).toBe(200);
    await native.text();
    expect(lastRequest()).toMatchObject({ slug: "acme", key: "fake-acme-key" });
    const compat = await ask("compat/chat/completions", { model: "acme/m1", messages });
    expect(compat.status).toBe(200);
    await compat.text();
    expect(lastRequest()).toMatchObject({ slug: "acme", model: "m1" });
    const models = (await (await ask("compat/models")).json()) as { data: { id: string }[] };
    expect(models.data.every(({ id }) => id.startsWith("acme/"))).toBe(true);
    expect(models.data).not.toHaveLength(0);
  });

  test("speaks its protocol, in errors too", async () => {
    await stack.admin.call(
      "POST",
      "custom-providers",
      provider("claudish", "anthropic", "anthropic"),
    );
    const call = () => ask("claudish/v1/messages", { model: "m1", max_tokens: 9, messages });
    const empty = await call();
    expect(empty.status).toBe(503);
    expect(await empty.json()).toMatchObject({
      type: "error",
      error: { code: "no_provider_keys" },
    });
    await stack.admin.addKeys("claudish", ["fake-claudish-key"]);
    const answer = await call();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ type: "message" });
  });

  test("is among the known ones of a 404, and only until it is removed", async () => {
    await stack.admin.call("POST", "custom-providers", provider("brief", "openai", "brief"));
    const known = async () => {
      const response = await ask("nosuch/models");
      expect(response.status).toBe(404);
      return JSON.stringify(await response.json());
    };
    expect(await known()).toMatch(/\bbrief\b/);
    expect(await stack.admin.call("DELETE", "custom-providers/brief")).toEqual({ keysLeft: 0 });
    expect(await known()).not.toMatch(/\bbrief\b/);
    expect((await ask("brief/models")).status).toBe(404);
  });

  test("follows a change of its address at once", async () => {
    await stack.admin.call("POST", "custom-providers", provider("moving", "openai", "moving"));
    await stack.admin.addKeys("moving", ["fake-moving-key"]);
    const slugAsked = async () => {
      await (await ask("moving/models")).text();
      return lastRequest()?.slug;
    };
    expect(await slugAsked()).toBe("moving");
    const { baseUrl } = provider("", "openai", "moved");
    await stack.admin.call("PATCH", "custom-providers/moving", { baseUrl });
    expect(await slugAsked()).toBe("moved");
  });

  test("may be all that a token may use", async () => {
    await stack.admin.call("POST", "custom-providers", provider("scoped", "openai", "scoped"));
    await stack.admin.addKeys("scoped", ["fake-scoped-key"]);
    await stack.admin.addKeys("openai", ["fake-openai-key"]);
    const { token } = await stack.admin.createToken({ name: "app", providers: ["scoped"] });
    const call = async (slug: string) => {
      const response = await ask(`${slug}/chat/completions`, { model: "m1", messages }, token);
      await response.text();
      return response.status;
    };
    expect([await call("scoped"), await call("openai")]).toEqual([200, 403]);
  });

  test("is rejected under a slug that is taken", async () => {
    for (const slug of ["openai", "compat", "admin"]) {
      const response = await stack.admin.request(
        "POST",
        "custom-providers",
        provider(slug, "openai", slug),
      );
      expect(response.status, slug).toBe(409);
    }
  });
});

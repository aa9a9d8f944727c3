/** The team's custom providers, and its own receiver of traces, on a running server. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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

interface Post {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly resourceSpans: readonly {
      readonly scopeSpans: readonly {
        readonly spans: readonly {
          readonly traceId: string;
          readonly spanId: string;
          readonly parentSpanId?: string;
          readonly name: string;
        }[];
      }[];
    }[];
  };
}

test("traces go to the receiver that the team set, and to nobody else", async () => {
  const posts: Post[] = [];
  let status = 200;
  const receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (bytes: Buffer) => {
      text += bytes.toString();
    });
    request.on("end", () => {
      const { headers, url } = request;
      if (status === 200) posts.push({ url, headers, body: JSON.parse(text) });
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  try {
    const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const headers = "authorization=Bearer%20fake-receiver-secret";
    const set = await stack.admin.call("PATCH", "settings/traces", { endpoint, headers });
    expect(set).toEqual({ endpoint, hasHeaders: true, isByVariable: false });
    expect(await stack.admin.call("POST", "settings/traces/test")).toEqual({ problem: null });
    expect(posts.shift()).toMatchObject({
      url: "/v1/traces",
      headers: { authorization: "Bearer fake-receiver-secret", "content-type": "application/json" },
    });

    await stack.admin.call("POST", "custom-providers", provider("traced", "openai", "traced"));
    await stack.admin.addKeys("traced", ["fake-traced-key"]);
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const response = await fetch(`${stack.url}/api/traced/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        "content-type": "application/json",
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      },
      body: JSON.stringify({ model: "m1", messages }),
    });
    expect(response.status).toBe(200);
    await response.text();
    const spans = () =>
      posts
        .flatMap(({ body }) => body.resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap((scope) => scope.spans)
        .filter((span) => span.traceId === traceId);
    await expect.poll(() => spans().length, { timeout: 10_000 }).toBe(2);
    const [request, attempt] = spans();
    expect(request).toMatchObject({ parentSpanId: "b7ad6b7169203331", name: "chat m1" });
    expect(attempt).toMatchObject({ parentSpanId: request?.spanId });
    expect(JSON.stringify(posts)).not.toContain("fake-traced-key");

    const metrics = async () => {
      const answer = await fetch(`${stack.url}/api/metrics`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      });
      return answer.text();
    };
    await expect.poll(metrics).toMatch(/one_balance_traces\{state="sent"\} [1-9]/);
    // What a receiver refuses is dropped, and no request is the worse for it.
    status = 401;
    expect((await ask("traced/chat/completions", { model: "m1", messages })).status).toBe(200);
    await expect
      .poll(metrics, { timeout: 10_000 })
      .toMatch(/one_balance_traces\{state="dropped"\} 1/);
    const off = await stack.admin.call("PATCH", "settings/traces", { endpoint: "" });
    expect(off).toEqual({ endpoint: "", hasHeaders: false, isByVariable: false });
  } finally {
    receiver.close();
  }
});

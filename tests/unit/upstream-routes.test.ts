/** The route of a request: AI Gateway, or directly to the provider, as configured by the team. */
import { expect, test } from "vitest";
import { customProvider } from "../../lib/providers/custom-provider.ts";
import { handleProxyRequest } from "../../lib/proxy/handle-request.ts";
import { splitProxyPath } from "../../lib/proxy/request/proxy-path.ts";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { MemoryBudgets } from "../doors/memory-budgets.ts";
import { MemoryCatalog } from "../doors/memory-catalog.ts";
import { MemoryState } from "../doors/memory-state.ts";
import { MemoryUsage } from "../doors/memory-usage.ts";
import { MemoryWorks } from "../doors/memory-works";

const GATEWAY = "https://gateway.example.test/v1/account/name";

const acme = customProvider(
  {
    slug: "acme",
    label: "Acme",
    baseUrl: "https://llm.acme.example.com/v1",
    keyHeader: "x-acme-key",
    keyPrefix: "Key ",
    protocol: "openai",
  },
  false,
);

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** The request sent for a client's request, with these providers set to direct. */
async function sentFor(path: string, direct: readonly string[], model = "m1"): Promise<Sent> {
  const everything = { id: "at_1", name: "all", ownerId: null, scopes: null, expiresAtMs: null };
  const state = new MemoryState(new Map([["ob-token", everything]]), {
    customProviders: [acme],
    direct,
  });
  for (const slug of ["openai", "groq", "acme"]) state.setKeys(slug, [`fake-${slug}-key`]);
  let sent: Sent | null = null;
  const url = new URL(`https://one-balance.test${path}`);
  const proxyPath = splitProxyPath(url.pathname);
  if (proxyPath === null) throw new Error(`${path} is not the proxy's`);
  const request = new Request(url, {
    method: "POST",
    headers: {
      authorization: "Bearer ob-token",
      "content-type": "application/json",
      "cf-aig-metadata": '{"team":"a"}',
      "cf-aig-cache-ttl": "60",
    },
    body: JSON.stringify({ model, messages: [] }),
  });
  const proxy = {
    config: {
      gatewayUrl: GATEWAY,
      gatewayToken: "fake-gateway-token",
      maxAttempts: 1,
      firstByteTimeoutMs: 1_000,
      consecutive429Threshold: 2,
    },
    ports: {
      nowMs: Date.now,
      random: Math.random,
      fetch: async (address: string, init: RequestInit) => {
        sent = { url: address, headers: Object.fromEntries(new Headers(init.headers)) };
        return Response.json({});
      },
      setTimer: () => () => {},
      newRequestId: () => "req_test",
      state,
      usage: new MemoryUsage(),
      prices: () => loadPriceBook(),
      budgets: new MemoryBudgets(),
      works: new MemoryWorks(),
    },
    catalog: new MemoryCatalog(),
  };
  const response = await handleProxyRequest(request, url, proxyPath, proxy, () => {});
  if (sent === null) throw new Error(`nothing was sent: ${await response.text()}`);
  return sent;
}

test("with a gateway, built-in providers are called through it", async () => {
  const { url, headers } = await sentFor("/api/groq/chat/completions", []);
  expect(url).toBe(`${GATEWAY}/groq/chat/completions`);
  expect(headers).toMatchObject({
    authorization: "Bearer fake-groq-key",
    "cf-aig-authorization": "Bearer fake-gateway-token",
    "cf-aig-metadata": '{"team":"a"}',
  });
  expect(headers).not.toHaveProperty("cf-aig-cache-ttl");
});

test("a provider set to direct is called at its own address, and learns nothing about the gateway", async () => {
  const { url, headers } = await sentFor("/api/groq/chat/completions", ["groq"]);
  expect(url).toBe("https://api.groq.com/openai/v1/chat/completions");
  expect(headers.authorization).toBe("Bearer fake-groq-key");
  expect(Object.keys(headers).filter((name) => name.startsWith("cf-aig-"))).toEqual([]);
  const other = await sentFor("/api/openai/chat/completions", ["groq"]);
  expect(other.url).toBe(`${GATEWAY}/openai/chat/completions`);
});

test("the OpenAI form follows each provider's way", async () => {
  const path = "/api/compat/chat/completions";
  expect((await sentFor(path, [], "groq/m1")).url).toBe(`${GATEWAY}/compat/chat/completions`);
  expect((await sentFor(path, ["groq"], "groq/m1")).url).toBe(
    "https://api.groq.com/openai/v1/chat/completions",
  );
});

test("a custom provider is called at its address, with its key in its header", async () => {
  for (const path of ["/api/acme/v1/chat/completions", "/api/acme/chat/completions"]) {
    const { url, headers } = await sentFor(path, ["acme"]);
    expect(url).toBe("https://llm.acme.example.com/v1/chat/completions");
    expect(headers["x-acme-key"]).toBe("Key fake-acme-key");
    expect(headers.authorization).toBeUndefined();
  }
  const compat = await sentFor("/api/compat/chat/completions", ["acme"], "acme/m1");
  expect(compat.url).toBe("https://llm.acme.example.com/v1/chat/completions");
});

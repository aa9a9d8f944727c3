import { beforeEach, describe, expect, test } from "vitest";
import { providerKeys } from "../../lib/db/schema/schema";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import { addCustomProvider } from "../../lib/manage/providers/add-custom-provider";
import { testUpstream, type UpstreamOutcome } from "../../lib/manage/providers/test-upstream";
import type { CheckUpstream } from "../../lib/providers/check-request";
import { db, emptyStore, SECRETS } from "./test-store";

let nowMs = 0;

const context: ManageContext = {
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: { kind: "user", id: "us_test", name: "ann@team.test", ip: null, userAgent: null },
};

const GATEWAY = "https://gateway.example.test/v1/account/name";

interface Asked {
  readonly url: string;
  readonly headers: Headers;
}

/** An upstream that responds like this after 120 ms. */
function answering(answer: Response | Error, options: Partial<CheckUpstream> = {}) {
  const asked: Asked[] = [];
  const upstream: CheckUpstream = {
    async fetch(url, init) {
      asked.push({ url, headers: new Headers(init.headers) });
      nowMs += 120;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    gatewayUrl: null,
    gatewayToken: null,
    goesDirect: () => false,
    ...options,
  };
  return { upstream, asked };
}

const json = (status: number, body: unknown) => Response.json(body, { status });
const INVALID = {
  error: { message: "Incorrect API key provided: fake-openai-key", code: "invalid_api_key" },
};
const NO_KEY = { error: { message: "You didn't provide an API key.", code: null } };
const gatewayError = (code: number, message: string) => ({
  success: false,
  name: "AiGatewayError",
  error: [{ code, message }],
});

beforeEach(async () => {
  nowMs = 1_800_000_000_000;
  await emptyStore();
});

describe("testing a provider", () => {
  test("asks with its newest key, and says that it answered, when and how", async () => {
    await addProviderKeys(context, { provider: "openai", keys: ["fake-openai-key-1"] });
    const { upstream, asked } = answering(json(200, { data: [] }));
    expect(await testUpstream(context, { provider: "openai" }, upstream)).toEqual({
      outcome: "ok",
      route: "direct",
      elapsedMs: 120,
      status: 200,
      key: expect.stringContaining("…"),
      words: "",
    });
    expect(asked.map(({ url }) => url)).toEqual(["https://api.openai.com/v1/models"]);
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer fake-openai-key-1");
  });

  test.each<[UpstreamOutcome, boolean, () => Response | Error]>([
    ["key_wanted", false, () => json(401, NO_KEY)],
    ["key_refused", true, () => json(401, INVALID)],
    ["limited", true, () => json(429, { error: { message: "Rate limit reached", code: "x" } })],
    ["failing", true, () => json(503, { error: { message: "down" } })],
    ["not_found", true, () => json(404, { error: { message: "no such route" } })],
    ["not_found", true, () => new Response(null, { status: 302, headers: { location: "/x" } })],
    ["region_denied", true, () => new Response("<html>", { status: 403 })],
    ["unreachable", true, () => new TypeError("Network connection lost.")],
    ["unclear", true, () => json(418, { error: { message: "teapot" } })],
  ])("%s, with a key: %s", async (outcome, hasKey, answer) => {
    if (hasKey) await addProviderKeys(context, { provider: "openai", keys: ["fake-openai-key"] });
    const { upstream } = answering(answer());
    const result = await testUpstream(context, { provider: "openai" }, upstream);
    expect(result.outcome).toBe(outcome);
    expect(JSON.stringify(result)).not.toContain("fake-openai-key");
    const keys = await db.select({ status: providerKeys.status }).from(providerKeys);
    expect(keys.every(({ status }) => status === "active")).toBe(true);
  });

  test("takes the way its requests take", async () => {
    const options = { gatewayUrl: GATEWAY, gatewayToken: "fake-token" };
    const through = answering(json(200, {}), options);
    const result = await testUpstream(context, { provider: "groq" }, through.upstream);
    expect(result.route).toBe("gateway");
    expect(through.asked[0]?.url.startsWith(`${GATEWAY}/groq/`)).toBe(true);
    expect(through.asked[0]?.headers.get("cf-aig-authorization")).toBe("Bearer fake-token");
    const direct = answering(json(200, {}), { ...options, goesDirect: (slug) => slug === "groq" });
    const other = await testUpstream(context, { provider: "groq" }, direct.upstream);
    expect(other.route).toBe("direct");
    expect(direct.asked[0]?.headers.get("cf-aig-authorization")).toBeNull();
  });

  test("of the team's own goes to its address", async () => {
    await addCustomProvider(context, {
      slug: "acme",
      label: "Acme",
      baseUrl: "https://llm.acme.example.com/v1",
      keyHeader: "authorization",
      keyPrefix: "Bearer ",
      protocol: "openai",
    });
    const { upstream, asked } = answering(json(200, {}), { goesDirect: (slug) => slug === "acme" });
    expect((await testUpstream(context, { provider: "acme" }, upstream)).outcome).toBe("ok");
    expect(asked[0]?.url).toBe("https://llm.acme.example.com/v1/models");
  });

  test("whose address depends on the request asks nothing", async () => {
    const { upstream, asked } = answering(json(200, {}));
    const result = await testUpstream(context, { provider: "azure-openai" }, upstream);
    expect(result).toMatchObject({ outcome: "no_address", route: null, status: null });
    expect(asked).toEqual([]);
  });

  test("that is unknown is rejected", async () => {
    const { upstream } = answering(json(200, {}));
    await expect(testUpstream(context, { provider: "nobody" }, upstream)).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("testing the gateway", () => {
  const options = { gatewayUrl: GATEWAY, gatewayToken: "fake-token", goesDirect: () => true };

  test("sends no key of the pool, whatever way the provider takes", async () => {
    await addProviderKeys(context, { provider: "openai", keys: ["fake-openai-key"] });
    const { upstream, asked } = answering(json(401, NO_KEY), options);
    const result = await testUpstream(context, { provider: null }, upstream);
    expect(result).toMatchObject({ outcome: "key_wanted", route: "gateway", key: null });
    expect(asked[0]?.url).toBe(`${GATEWAY}/openai/models`);
    expect(asked[0]?.headers.has("authorization")).toBe(false);
  });

  test.each([
    [401, 2009, "Unauthorized"],
    [400, 2001, "Please configure AI Gateway in the Cloudflare dashboard"],
  ])("reports a rejection by the gateway itself: %i %i", async (status, code, message) => {
    const { upstream } = answering(json(status, gatewayError(code, message)), options);
    const result = await testUpstream(context, { provider: null }, upstream);
    expect(result).toMatchObject({ outcome: "gateway_refused", status, words: message });
  });

  test("without one is rejected", async () => {
    const { upstream } = answering(json(200, {}));
    await expect(testUpstream(context, { provider: null }, upstream)).rejects.toMatchObject({
      code: "not_configured",
    });
  });
});

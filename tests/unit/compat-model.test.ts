/** `GET /api/compat/models/{id}` works for every listed model, however its slash is written. */
import { describe, expect, test } from "vitest";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const MODELS = ["gpt-5-mini", "ft:gpt-5:team::a/b", "name with blanks", "100%"];

const proxyFor = (scopes: { provider: string; models: string[] }[] | null = null) =>
  scriptedProxy({
    upstream: () => Response.json({ data: MODELS.map((id) => ({ id })) }),
    keys: { openai: ["sk-fake-1"] },
    tokens: new Map([["token", { ...unlimitedToken("at_1"), scopes }]]),
  });

interface List {
  readonly data: readonly { readonly id: string }[];
}

describe("a model of the list", () => {
  test("is retrieved plain and escaped, with and without the version, as it stands in the list", async () => {
    const proxy = proxyFor();
    const list = (await (await proxy.fetch("/api/compat/models")).json()) as List;
    expect(list.data.map(({ id }) => id)).toEqual(MODELS.map((model) => `openai/${model}`));
    for (const model of list.data) {
      const escaped = encodeURIComponent(model.id);
      for (const path of [
        escaped,
        escaped.replaceAll("%2F", "/"),
        escaped.replaceAll("%2F", "%2f"),
      ]) {
        for (const base of ["/api/compat/models", "/api/compat/v1/models"]) {
          const response = await proxy.fetch(`${base}/${path}`);
          expect([response.status, await response.json()], `${base}/${path}`).toEqual([200, model]);
        }
      }
    }
    // Only the list was requested upstream.
    expect(new Set(proxy.calls.map(({ url }) => url.pathname)).size).toBe(1);
  });

  test.each(["openai/nobody", "openai%2Fnobody", "nobody", "openai", "%E0%A4%A", "a//b", "..%2f"])(
    "%s is 404, never a demand for a body",
    async (name) => {
      const response = await proxyFor().fetch(`/api/compat/models/${name}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { code: "model_not_found", type: "invalid_request_error" },
      });
    },
  );

  test("what a token may not use is not there", async () => {
    const proxy = proxyFor([{ provider: "openai", models: ["gpt-5-mini"] }]);
    expect((await proxy.fetch("/api/compat/models/openai/gpt-5-mini")).status).toBe(200);
    expect((await proxy.fetch("/api/compat/models/openai%2F100%25")).status).toBe(404);
  });
});

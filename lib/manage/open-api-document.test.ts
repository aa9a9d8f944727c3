import { describe, expect, test } from "vitest";
import { openApiDocument } from "./open-api-document";

const document = openApiDocument("1.2.3");

describe("openApiDocument", () => {
  test("is OpenAPI 3.1 and survives JSON", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test("has every route of the admin API, and the one for any token", () => {
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => method !== "parameters")
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([
      "DELETE /api/admin/access-tokens/{id}",
      "DELETE /api/admin/custom-providers/{slug}",
      "DELETE /api/admin/groups/{id}",
      "DELETE /api/admin/model-aliases/{name}",
      "DELETE /api/admin/provider-keys/{id}",
      "GET /api/admin/access-tokens",
      "GET /api/admin/budgets",
      "GET /api/admin/budgets/check",
      "GET /api/admin/custom-providers",
      "GET /api/admin/doctor",
      "GET /api/admin/groups",
      "GET /api/admin/incidents",
      "GET /api/admin/model-aliases",
      "GET /api/admin/provider-keys",
      "GET /api/admin/quota-limits",
      "GET /api/admin/requests",
      "GET /api/admin/requests/{id}",
      "GET /api/admin/settings",
      "GET /api/admin/settings/sign-in",
      "GET /api/admin/settings/traces",
      "GET /api/admin/usage",
      "GET /api/quota",
      "PATCH /api/admin/access-tokens/{id}",
      "PATCH /api/admin/custom-providers/{slug}",
      "PATCH /api/admin/groups/{id}",
      "PATCH /api/admin/members/{id}/limits",
      "PATCH /api/admin/model-aliases/{name}",
      "PATCH /api/admin/provider-keys/{id}",
      "PATCH /api/admin/settings",
      "PATCH /api/admin/settings/sign-in",
      "PATCH /api/admin/settings/traces",
      "POST /api/admin/access-tokens",
      "POST /api/admin/access-tokens/{id}/rotate",
      "POST /api/admin/budgets/rebuild",
      "POST /api/admin/custom-providers",
      "POST /api/admin/groups",
      "POST /api/admin/import",
      "POST /api/admin/model-aliases",
      "POST /api/admin/provider-keys",
      "POST /api/admin/provider-keys/change",
      "POST /api/admin/provider-keys/delete",
      "POST /api/admin/provider-keys/reseal",
      "POST /api/admin/provider-keys/undo",
      "POST /api/admin/provider-keys/{id}/check",
      "POST /api/admin/provider-keys/{id}/reset",
      "POST /api/admin/settings/sign-in/test",
      "POST /api/admin/settings/traces/test",
      "PUT /api/admin/groups/{id}/members",
      "PUT /api/admin/quota-limits",
    ]);
  });

  test("bodies and parameters say what is checked", () => {
    const keys = document.paths["/api/admin/provider-keys"];
    expect(keys).toMatchObject({
      post: {
        requestBody: {
          content: {
            "application/json": {
              schema: {
                required: ["provider", "keys"],
                properties: {
                  keys: { items: { anyOf: [{ type: "string" }, { required: ["key"] }] } },
                },
              },
            },
          },
        },
      },
      get: {
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: "limit", in: "query" }),
        ]),
      },
    });
    expect(document.paths["/api/admin/access-tokens"]).toMatchObject({
      post: {
        requestBody: {
          content: {
            "application/json": {
              schema: { properties: { rpm: { description: "Requests per minute" } } },
            },
          },
        },
      },
    });
  });
});

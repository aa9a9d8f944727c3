import { expect, test } from "vitest";
import { openApiDocument } from "@/lib/manage/open-api-document";
import { ADMIN_CALLS } from "./admin-calls";
import { findAdminCall } from "./find-admin-call";

const named = Object.keys(ADMIN_CALLS).map((name) => {
  const [method = "", path = ""] = name.split(" ");
  return { name, method, path };
});

test("the table and the OpenAPI document name the same calls", () => {
  const paths = Object.entries(openApiDocument("1.2.3").paths).filter(([path]) =>
    path.startsWith("/api/admin/"),
  );
  const described = paths.flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => method !== "parameters")
      .map((method) => `${method.toUpperCase()} ${path.slice("/api/admin/".length)}`),
  );
  expect(named.map(({ name }) => name).toSorted()).toEqual(described.toSorted());
});

test.each(named)("$name is found, with its variable part", ({ name, method, path }) => {
  const segments = path.split("/").map((part) => (part.startsWith("{") ? "a/b" : part));
  const found = findAdminCall(ADMIN_CALLS, method, segments);
  expect(found?.handler).toBe(ADMIN_CALLS[name]);
  expect(found?.param).toBe(path.includes("{") ? "a/b" : "");
  expect(found?.methods).toContain(method);
});

test("a path takes the methods of its own calls only, and HEAD as GET", () => {
  const found = (method: string, path: string) =>
    findAdminCall(ADMIN_CALLS, method, path.split("/"));
  expect(found("HEAD", "settings")?.handler).toBe(ADMIN_CALLS["GET settings"]);
  expect(found("DELETE", "settings")).toMatchObject({
    handler: undefined,
    methods: ["GET", "PATCH"],
  });
  // Not the key whose id is "delete".
  expect(found("PATCH", "provider-keys/delete")).toMatchObject({
    handler: undefined,
    methods: ["POST"],
  });
});

test.each(["", "nosuch", "provider-keys/", "provider-keys/a/b", "settings/x", "__proto__"])(
  "there is no path %j",
  (path) => {
    const found = findAdminCall(ADMIN_CALLS, "GET", path.split("/"));
    // An empty id is treated like any other unknown one.
    expect(found?.handler).toBeUndefined();
  },
);

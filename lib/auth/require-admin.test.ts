import { describe, expect, test } from "vitest";
import { NotAdminError, requireAdmin } from "./require-admin";

const AUTH_KEY = "limited=openai;admin;timed(1758077793);timed-limited(1758077793)=groq";
const EXPIRY_MS = 1_758_077_793_000;

const ask = (headers: Record<string, string>, nowMs = EXPIRY_MS - 1, authKey = AUTH_KEY) =>
  requireAdmin(new Headers(headers), authKey, nowMs);

describe("requireAdmin", () => {
  test("an unrestricted key is an admin, as bearer token or x-api-key", async () => {
    const admin = await ask({ authorization: "Bearer admin" });
    expect(admin.id).toMatch(/^env_[0-9a-f]{12}$/);
    expect(await ask({ authorization: "bearer  admin " })).toEqual(admin);
    expect(await ask({ "x-api-key": "admin" })).toEqual(admin);
  });

  test("an unrestricted key with an expiry is an admin until then", async () => {
    await expect(ask({ "x-api-key": "timed" })).resolves.toBeDefined();
    await expect(ask({ "x-api-key": "timed" }, EXPIRY_MS)).rejects.toThrow(NotAdminError);
  });

  test.each([
    {},
    { authorization: "Bearer" },
    { authorization: "admin" },
    { authorization: "Basic admin" },
    { authorization: "Bearer Admin" },
    { authorization: "Bearer adm" },
    { "x-api-key": "limited" },
    { "x-api-key": "timed-limited" },
    { "x-api-key": AUTH_KEY },
  ])("%j is rejected", async (headers: Record<string, string>) => {
    await expect(ask(headers)).rejects.toThrow(NotAdminError);
  });

  test("without AUTH_KEY no one is an admin", async () => {
    await expect(ask({ "x-api-key": "admin" }, 0, "")).rejects.toThrow(NotAdminError);
  });
});

import { expect, test } from "vitest";
import { tokenState } from "./token-state";

const NOW_MS = 1_000;
const ACTIVE = { status: "active", expiresAt: null, rotatedTo: null } as const;

test.each([
  [ACTIVE, "active"],
  [{ ...ACTIVE, expiresAt: NOW_MS + 1 }, "active"],
  [{ ...ACTIVE, expiresAt: NOW_MS }, "expired"],
  [{ ...ACTIVE, status: "paused" }, "paused"],
  [{ ...ACTIVE, status: "paused", expiresAt: NOW_MS }, "expired"],
  [{ ...ACTIVE, expiresAt: NOW_MS + 1, rotatedTo: "at_2" }, "ending"],
  [{ ...ACTIVE, expiresAt: NOW_MS, rotatedTo: "at_2" }, "expired"],
  [{ ...ACTIVE, status: "revoked", expiresAt: NOW_MS }, "revoked"],
] as const)("%j is %s", (token, state) => {
  expect(tokenState(token, NOW_MS)).toBe(state);
});

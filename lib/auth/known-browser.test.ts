import { expect, test } from "vitest";
import {
  browserCookieName,
  KNOWN_BROWSER_MAX_AGE_S,
  newKnownBrowser,
  readKnownBrowser,
} from "./known-browser";

const SECRET = "a session secret";
const EMAIL = "ada@team.test";
const NOW = Date.UTC(2026, 10, 29);

test("a browser is known by its cookie, for the account it signed in to, for a year", async () => {
  const { id, cookie } = await newKnownBrowser(null, EMAIL, SECRET, NOW);
  const lastMs = NOW + KNOWN_BROWSER_MAX_AGE_S * 1_000;
  expect(await readKnownBrowser(cookie, EMAIL, SECRET, NOW)).toBe(id);
  expect(await readKnownBrowser(cookie, EMAIL, SECRET, lastMs)).toBe(id);
  expect(await readKnownBrowser(cookie, EMAIL, SECRET, lastMs + 1_000)).toBeNull();
  expect(await readKnownBrowser(cookie, "bob@team.test", SECRET, NOW)).toBeNull();
  expect(await readKnownBrowser(cookie, EMAIL, "another secret", NOW)).toBeNull();
});

test("signing in again keeps the browser's id, so its failures are not forgotten", async () => {
  const { id } = await newKnownBrowser(null, EMAIL, SECRET, NOW);
  const again = await newKnownBrowser(id, EMAIL, SECRET, NOW + 5_000);
  expect(again.id).toBe(id);
  expect(await readKnownBrowser(again.cookie, EMAIL, SECRET, NOW)).toBe(id);
});

test("no other text is a browser", async () => {
  const { cookie } = await newKnownBrowser(null, EMAIL, SECRET, NOW);
  const [id = "", issued = "", signature = ""] = cookie.split(".");
  const forged = [
    undefined,
    "",
    "..",
    `other.${issued}.${signature}`,
    `${id}.${Number(issued) + 1}.${signature}`,
    `${id}.${issued}.`,
    `${id}.${issued}.${signature}x`,
    `${id}.${issued}.${signature}.x`,
    `${id}.${issued}.${"A".repeat(43)}`,
  ];
  for (const text of forged) expect(await readKnownBrowser(text, EMAIL, SECRET, NOW)).toBeNull();
});

test("cookies of accounts have names of their own, and on https one that only this host can set", async () => {
  const name = await browserCookieName(EMAIL, false);
  expect(name).toMatch(/^one-balance-browser-[0-9a-f]{16}$/);
  expect(await browserCookieName("bob@team.test", false)).not.toBe(name);
  expect(await browserCookieName(EMAIL, true)).toBe(`__Host-${name}`);
});

import { expect, test } from "vitest";
import { navigationEntryOf, navigationFor } from "./navigation";

const areasFor = (role: Parameters<typeof navigationFor>[0]) =>
  navigationFor(role).flatMap(({ entries }) => entries.map(({ area }) => area));

test("each role sees what it may open", () => {
  expect(areasFor("viewer")).toEqual([
    "overview",
    "keys",
    "usage",
    "requests",
    "tokens",
    "routes",
    "help",
  ]);
  expect(areasFor("member")).toEqual([
    "overview",
    "keys",
    "usage",
    "requests",
    "tokens",
    "routes",
    "playground",
    "help",
  ]);
  expect(areasFor("groupAdmin")).toEqual([
    "overview",
    "keys",
    "usage",
    "requests",
    "tokens",
    "routes",
    "playground",
    "groups",
    "help",
  ]);
  expect(areasFor("admin")).toEqual([
    "overview",
    "keys",
    "usage",
    "requests",
    "tokens",
    "routes",
    "playground",
    "team",
    "audit",
    "settings",
    "help",
  ]);
});

test.each([
  ["/", "overview"],
  ["/keys", "keys"],
  ["/keys/openai", "keys"],
  ["/team", "team"],
  ["/team/groups/gr_1", "groups"],
  ["/keysmith", undefined],
  ["/account", undefined],
])("%s belongs to %s", (path, area) => {
  expect(navigationEntryOf(path)?.area).toBe(area);
});

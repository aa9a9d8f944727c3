import { expect, test } from "vitest";
import { helpSections } from "./help-sections";

test("each section is found once in each language, under the address of its heading", () => {
  const sections = helpSections(["keys", "start", "README"]);
  for (const language of ["en", "zh"] as const) {
    const own = sections.filter((section) => section.languages.includes(language));
    expect(new Set(own.map(({ topic }) => topic))).toEqual(new Set(["keys", "start"]));
    const addresses = own.map(({ topic, id }) => `${topic}#${id}`);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const { title, id } of own) expect([title, id]).not.toContain("");
  }
  const start = sections.filter(({ topic }) => topic === "start");
  expect(start.every(({ languages }) => languages.length === 1)).toBe(true);
});

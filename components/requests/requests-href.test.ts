import fc from "fast-check";
import { expect, test } from "vitest";
import { requestFilterOf } from "@/app/(portal)/requests/request-query";
import { requestsHref } from "./requests-href";

const MINUTE_MS = 60_000;
const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() === text);
const minute = fc
  .integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) })
  .map((ms) => Math.floor(ms / MINUTE_MS) * MINUTE_MS);

test("the page reads from a link what it was made of, whatever the names", () => {
  const link = fc.record(
    {
      provider: name,
      model: name,
      token: name,
      user: name,
      key: name,
      outcome: fc.constantFrom("ok", "limited"),
      sinceMs: minute,
      untilMs: minute,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(link, ({ sinceMs, untilMs, ...names }) => {
      const { searchParams } = new URL(requestsHref({ ...names, sinceMs, untilMs }), "http://x");
      const filter = requestFilterOf(Object.fromEntries(searchParams), "Asia/Kolkata");
      expect(filter).toMatchObject(names);
      expect(filter.from).toBe(sinceMs);
      expect(filter.to).toBe(untilMs);
    }),
  );
});

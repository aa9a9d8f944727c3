/** However a caller writes a tag, its budget holds; and it holds for no other value. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownState } from "../../lib/db/state/known-state";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { UseBoard } from "../../lib/pool/peers/use-board";
import type { AccessToken, ProxyPorts } from "../../lib/proxy/ports";
import { requestTags, withTagLimits } from "../../lib/proxy/request/request-tags";
import { formatTags } from "../../lib/tags/tag-text";
import { isTagValue, type Tags } from "../../lib/tags/tags";
import { NO_LIMITS } from "../../lib/usage/token-limits";

/** Values with budgets, and what only looks like them. */
const LIMITED = ["acme", "acme, inc", "50%", "北京", "é", "a=b", "constructor"];
const NAMES = ["customer", "Customer", "constructor", "feature"];
const VALUES = [...LIMITED, "Acme", "acme2", "e\u0301", "other", "acme,", "100", "true"];

const state = new KnownState({
  random: () => 0,
  allowPrivateUpstreams: false,
  uses: new UseBoard(() => "is_1"),
  nowMs: () => 0,
});
state.apply(
  {
    ...{ version: 1, since: null, keys: [], cooldowns: [], tokens: [], memberLimits: [] },
    ...{ groups: [], customProviders: [], modelAliases: [], quotaLimits: [] },
    ...{ deletedKeyIds: [], deletedGroups: [], deletedProviders: [], deletedAliases: [] },
    settings: [
      {
        name: "tags",
        value: {
          ...DEFAULT_SETTINGS.tags,
          limits: ["customer", "constructor"].flatMap((name) =>
            LIMITED.map((value) => ({ ...NO_LIMITS, name, value, dailyRequests: 1 })),
          ),
        },
      },
    ],
  },
  [],
);
const ports = { state } as unknown as Pick<ProxyPorts, "state">;

const tags = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), {
    selector: ([name]) => name,
    maxLength: 3,
  })
  .map((entries): Tags => Object.fromEntries(entries));

/** As a header, with more escapes and spaces than it needs. */
const written = fc
  .tuple(tags, fc.boolean(), fc.constantFrom("", " ", "\t"))
  .map(([own, isEscaped, space]) => {
    const escaped = (text: string) =>
      [...new TextEncoder().encode(text)]
        .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
        .join("");
    const text = isEscaped
      ? Object.entries(own)
          .map(([name, value]) => `${space}${name}${space}=${space}${escaped(value)}${space}`)
          .join(`${space},,`)
      : formatTags(own);
    return { own, text };
  });

const token: AccessToken = {
  ...{ id: "at_1", name: "one", ownerId: null, scopes: null, expiresAtMs: null },
};

test("the budgets of a request's tags hold, from whichever header, in whatever spelling", () => {
  fc.assert(
    fc.property(
      fc.option(written, { nil: null }),
      fc.option(tags, { nil: null }),
      fc.option(tags, { nil: null }),
      (header, metadata, fixedTags) => {
        const headers = new Headers();
        if (header !== null) headers.set("x-one-balance-tags", header.text);
        if (metadata !== null) {
          // Duplicates: the last of a name counts, as AI Gateway reads it.
          const entries = Object.entries(metadata).map(
            ([name, value]) =>
              `"${name}": "first", ${JSON.stringify(name)}:${JSON.stringify(value)}`,
          );
          headers.set("cf-aig-metadata", escapedJson(`{${entries.join()}}`));
        }
        const caller = { ...token, ...(fixedTags !== null && { fixedTags }) };
        const read = requestTags(headers, caller, "ob-token");
        const expected = { ...metadata, ...header?.own, ...fixedTags };
        expect(read ?? {}).toEqual(expected);
        const holders = withTagLimits(caller, read, ports).limitHolders ?? [];
        expect(holders.map(({ id }) => id).sort()).toEqual(
          Object.entries(expected)
            .filter(
              ([name, value]) =>
                (name === "customer" || name === "constructor") && LIMITED.includes(value),
            )
            .map(([name, value]) => `tag:${name}=${value}`)
            .sort(),
        );
      },
    ),
    { numRuns: 1_000 },
  );
});

/** Headers hold Latin-1: JSON has escapes for the rest. */
function escapedJson(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (letter) =>
    [...letter].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

test("any text in the headers costs no more than a rejection", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (text, json) => {
      const headers = new Headers();
      const plain = (value: string) => value.replace(/[^\x20-\x7e]/g, "?");
      headers.set("x-one-balance-tags", plain(text));
      headers.set("cf-aig-metadata", plain(json));
      try {
        const read = requestTags(headers, token, "ob-token") ?? {};
        expect(Object.values(read).every(isTagValue)).toBe(true);
        withTagLimits(token, read, ports);
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_tags" });
      }
    }),
    { numRuns: 500 },
  );
});

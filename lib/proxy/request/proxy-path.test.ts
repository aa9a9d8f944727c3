/** However a base URL is typed, what SDKs append to it arrives at the intended entry point. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OWN_SEGMENTS, ROOT_SEGMENTS } from "../../providers/own-segments";
import { providers } from "../../providers/registry";
import { openAiEndpoint, sharedForm } from "../route/shared-form";
import { asCompatPath, assertSafePath, COMPAT, splitProxyPath } from "./proxy-path";

/** As the handler reads an address, without custom providers. */
function read(pathname: string) {
  const path = splitProxyPath(pathname);
  if (path === null) return null;
  const isProvider = providers.some(({ slug }) => slug === path.segment);
  return isProvider ? path : (asCompatPath(path) ?? path);
}

/** What each official SDK appends to its base URL, by API format; the version is the SDK's own. */
const APPENDED = {
  openai: ["chat/completions", "responses", "embeddings", "models", "models/openai%2Fgpt-5"],
  anthropic: ["v1/messages", "v1/messages/count_tokens", "v1/messages/batches"],
  google: [
    "v1beta/models/gemini-2.5-flash:generateContent",
    "v1/models/gemini-2.5-flash:streamGenerateContent",
    "v1alpha/models/gemini-2.5-flash:countTokens",
    "upload/v1beta/files",
  ],
} as const;

/** Base URLs of each API format that lead to the shared entry points. */
const BASES = {
  openai: ["", "v1", "api", "api/v1", "api/compat", "api/compat/v1", "v1/v1", "v1beta/openai"],
  anthropic: ["", "v1", "api", "api/v1", "api/compat", "api/compat/v1", "v1beta"],
  google: ["", "v1beta", "api", "api/v1beta", "api/compat", "api/compat/v1beta", "v1", "v1alpha"],
} as const;

const slashes = fc.integer({ min: 1, max: 3 }).map((count) => "/".repeat(count));

const typed = fc.constantFrom("openai", "anthropic", "google").chain((form) =>
  fc.record({
    form: fc.constant(form),
    base: fc.constantFrom(...BASES[form]),
    appended: fc.constantFrom(...APPENDED[form]),
    joins: fc.array(slashes, { minLength: 12, maxLength: 12 }),
  }),
);

/** Segments joined by this many slashes each. */
function joined(path: string, joins: readonly string[]): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  return segments.map((segment, index) => `${joins[index] ?? "/"}${segment}`).join("");
}

describe("the shared doors", () => {
  test("every base as typed, every path as appended, any number of slashes", () => {
    fc.assert(
      fc.property(typed, ({ form, base, appended, joins }) => {
        const path = read(joined(`${base}/${appended}`, joins));
        expect(path?.segment).toBe(COMPAT);
        const rest = path?.rest ?? "";
        if (appended === "models" || appended.startsWith("models/")) {
          expect(openAiEndpoint(rest)).toBe(appended);
          return;
        }
        expect(sharedForm(rest, new Headers())).toBe(form);
        if (form === "openai") expect(openAiEndpoint(rest)).toBe(appended);
        else expect(rest).toBe(appended);
      }),
    );
  });

  test("a slash at the end of an endpoint is dropped", () => {
    expect(read("/v1/chat/completions/")).toEqual({ segment: COMPAT, rest: "v1/chat/completions" });
    expect(read("/api/openai/models/")).toEqual({ segment: "openai", rest: "models" });
    expect(read("/api/acme/things/")).toEqual({ segment: "acme", rest: "things/" });
  });
});

describe("a provider's own door", () => {
  const VERSIONED = [
    ["anthropic", "v1/messages"],
    ["openai", "chat/completions"],
    ["openai", "v1/responses"],
    ["mistral", "v1/chat/completions"],
    ["cohere", "v2/chat"],
    ["google-ai-studio", "v1beta/models/g:generateContent"],
    ["google-ai-studio", "upload/v1beta/files"],
    ["groq", "openai/v1/chat/completions"],
    ["acme", "v1/chat/completions"],
  ] as const;

  test("a version in the base URL gives way to the SDK's own, and slashes are folded", () => {
    const versions = fc.array(fc.constantFrom("v1", "v1beta", "v2"), { maxLength: 2 });
    const joins = fc.array(slashes, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.constantFrom(...VERSIONED.filter(([, rest]) => /^(?:upload\/)?v\d/.test(rest))),
        versions,
        joins,
        ([slug, rest], before, joins) => {
          const typed = joined(["api", slug, ...before, rest].join("/"), joins);
          expect(read(typed)).toEqual({ segment: slug, rest });
        },
      ),
    );
    for (const [slug, rest] of VERSIONED) {
      expect(read(`/api/${slug}/${rest}`)).toEqual({ segment: slug, rest });
    }
    const rest = "openai/v1/chat/completions";
    expect(read("/api/groq/openai/v1/v1/chat/completions")).toEqual({ segment: "groq", rest });
  });

  test("an address within a path keeps its slashes", () => {
    const rest = "fetch/https://example.com/a";
    expect(read(`/api/fal//${rest}`)).toEqual({ segment: "fal", rest });
  });
});

describe("what is the portal's stays the portal's", () => {
  test.each([
    "/",
    "/keys/openai",
    "/routes",
    "/login",
    "/v1x",
    "/chat",
    "/images/logo.png",
    "/v2/x",
  ])("%s", (pathname) => expect(splitProxyPath(pathname)).toBeNull());

  test("this program's own segments below /api/, however many slashes stand before them", () => {
    const own = fc.constantFrom(...OWN_SEGMENTS);
    fc.assert(
      fc.property(own, slashes, slashes, (segment, first, second) => {
        expect(splitProxyPath(`${first}api${second}${segment}/x`)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  test("no page of the portal is hidden by a door at the root", () => {
    const doors = new RegExp(`^(?:${ROOT_SEGMENTS.join("|")})$`);
    for (const page of ["keys", "requests", "routes", "settings", "team", "tokens", "usage"]) {
      expect(page).not.toMatch(doors);
    }
  });
});

describe("a path that some server on the way reads as one out of its provider's", () => {
  const layers = fc.integer({ min: 0, max: 3 });
  /** Each character as itself or as an escape, over and over. */
  const hidden = (text: string) =>
    fc.array(layers, { minLength: text.length, maxLength: text.length }).map((counts) =>
      [...text]
        .map((character, index) => {
          let written = character;
          for (let layer = 0; layer < (counts[index] ?? 0); layer += 1) {
            written = layer === 0 ? `%${hex(written)}` : written.replaceAll("%", "%25");
          }
          return written;
        })
        .join(""),
    );
  const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, "0");
  const climb = fc.constantFrom("../", "..\\", "..;/", "..;a=b/", ".. /").chain(hidden);
  const start = fc.constantFrom("v1/", "v1/models/", "v1/files/file-abc1/");

  /** As a server that undoes three layers of escapes, one after the other, and knows parameters. */
  function climbs(path: string): boolean {
    let text = path;
    for (let round = 0; round < 4; round += 1) {
      const segments = text.split(/[/\\]/).map((segment) => segment.split(";", 1)[0]?.trim());
      if (segments.includes("..")) return true;
      text = decodeURIComponent(text);
    }
    return false;
  }

  test("is rejected, however often it is escaped", () => {
    let climbing = 0;
    fc.assert(
      fc.property(start, climb, climb, (begin, first, second) => {
        const { pathname } = new URL(
          `https://one-balance.test/api/openai/${begin}${first}${second}admin`,
        );
        const path = splitProxyPath(pathname);
        if (path?.segment !== "openai" || !climbs(path.rest)) return;
        climbing += 1;
        expect(() => assertSafePath(path.rest, "", "")).toThrow("..");
      }),
      { numRuns: 3_000 },
    );
    // Of many the address itself is another: a browser, or this parser, resolved it.
    expect(climbing).toBeGreaterThan(1_000);
  });

  test("so is one with a control character; names with dots and escapes are not", () => {
    for (const path of ["v1/models%0d%0ax", "v1/models%00", "v1/%250a", "v1/a%7f"]) {
      expect(() => assertSafePath(path, "", "")).toThrow("control character");
    }
    for (const path of [
      "v1/a..b",
      "v1/a%2Fb",
      "v1/x;v=1/y",
      "model/a%3A0/invoke",
      "v1/...%2F",
      "v1/%E5%8C%97",
    ]) {
      expect(() => assertSafePath(path, "", "")).not.toThrow();
    }
  });
});

/**
 * However a pool's key is written into a response, and wherever its pieces are split, it isn't in what is handed on.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyScrubber } from "./scrub-key";

const RUNS = 1500;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes as text, which compares many times as fast. */
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const hex = (code: number, width: number) => code.toString(16).padStart(width, "0");
const percentAll = (text: string) =>
  [...encoder.encode(text)].map((byte) => `%${hex(byte, 2)}`).join("");
const escapeAll = (text: string) =>
  [...text].map((letter) => `\\u${hex(letter.charCodeAt(0), 4)}`).join("");
const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
const base64 = (text: string) => btoa(String.fromCharCode(...encoder.encode(text)));
const urlSafe = (text: string) => base64(text).replaceAll("+", "-").replaceAll("/", "_");

const entities = (text: string, entity: (code: number) => string) =>
  [...text].map((letter) => entity(letter.charCodeAt(0))).join("");
const ENTITY_NAMES: Readonly<Record<string, string>> = {
  ...{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" },
};

/** How an upstream may write a key. */
const WRITINGS: Readonly<Record<string, (key: string, around: string) => string>> = {
  plain: (key) => key,
  percent: (key) => encodeURIComponent(key),
  "percent, every byte": (key) => percentAll(key),
  "percent, capitals": (key) => percentAll(key).toUpperCase(),
  "percent, twice": (key) => encodeURIComponent(encodeURIComponent(key)),
  json: (key) => quoted(key),
  "json in json": (key) => quoted(quoted(key)),
  "json, slashes escaped": (key) => quoted(key).replaceAll("/", "\\/"),
  "json, every letter": (key) => escapeAll(key),
  "json, every letter, in json": (key) => quoted(escapeAll(key)),
  "html, decimal": (key) => entities(key, (code) => `&#${code};`),
  "html, decimal, with zeros": (key) =>
    entities(key, (code) => `&#${String(code).padStart(6, "0")};`),
  "html, hexadecimal": (key) => entities(key, (code) => `&#x${hex(code, 2)};`),
  "html, hexadecimal, in json": (key) => quoted(entities(key, (code) => `&#X${hex(code, 4)};`)),
  "html, named": (key) => key.replace(/[&<>"']/g, (sign) => `&${ENTITY_NAMES[sign] ?? ""};`),
  "html, twice": (key) => entities(key, (code) => `&amp;#${code};`),
  "utf-16": (key) => key.replace(/./g, "$&\0"),
  "utf-16, big end first": (key) => key.replace(/./g, "\0$&"),
  "utf-32": (key) => key.replace(/./g, "$&\0\0\0"),
  "base64, no letter before": (key, around) => base64(`${key}${around}`),
  "base64, one letter before": (key, around) => base64(`:${key}${around}`),
  "base64, two letters before": (key, around) => base64(`a:${key}${around}`),
  "base64 for addresses": (key, around) => urlSafe(`user:${key}${around}`),
  "base64 in json, slashes escaped": (key, around) =>
    base64(`x${key}${around}`).replaceAll("/", "\\/"),
  "base64 in an address": (key, around) => encodeURIComponent(base64(`xy${key}${around}`)),
};

const keys = fc.oneof(
  fc.stringMatching(/^sk-[\w-]{16,48}$/),
  fc.stringMatching(/^[\da-f]{8}:[\da-f]{32}$/),
  // Keys of unknown services: every printable character.
  fc.stringMatching(/^[!-~]{12,40}$/),
);

/** Text that doesn't contain a key by chance, with escapes and bytes that aren't UTF-8. */
const surroundings = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 24 }),
      fc.constantFrom(
        '{"error":{"message":"',
        '\\"no\\"',
        "100%",
        "%20",
        "\\u00e9",
        "\\n",
        "é",
        "…",
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => encoder.encode(parts.join("")));
const binary = fc.uint8Array({ maxLength: 32 });
/** Longer than what is held back of a piece, about half of the time. */
const blanks = fc.nat({ max: 1_500 }).map((length) => new Uint8Array(length).fill(0x20));

interface Case {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const cases = fc
  .tuple(
    keys,
    fc.constantFrom(...Object.keys(WRITINGS)),
    fc.string({ maxLength: 4 }),
    fc.oneof(surroundings, binary, blanks),
    fc.oneof(surroundings, binary, blanks),
  )
  .map(([key, writing, around, before, after]): Case => {
    const written = encoder.encode(WRITINGS[writing]?.(key, around) ?? "");
    return { key, before, after, bytes: concat([before, written, after]) };
  });

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What anyone could read in a text: the text, without up to three layers of escapes, and its decoded base64. */
function readings(bytes: Uint8Array): string[] {
  let text = String.fromCharCode(...bytes);
  const found = [text];
  for (let layer = 0; layer < 3; layer += 1) {
    text = text.replace(
      /%([\da-f]{2})|\\u([\da-f]{4})|\\(["\\/])/gi,
      (_all, percent?: string, unicode?: string, short?: string) =>
        short ?? String.fromCharCode(Number.parseInt(percent ?? unicode ?? "0", 16)),
    );
    found.push(text);
  }
  for (const each of [...found]) {
    for (const [run] of each.matchAll(/[\w+/-]{10,}/g)) {
      const standard = run.replaceAll("-", "+").replaceAll("_", "/");
      for (const skip of [0, 1, 2, 3]) {
        const usable = standard.slice(skip);
        found.push(atob(usable.slice(0, usable.length - (usable.length % 4))));
      }
    }
  }
  return found;
}

function isReadable(key: string, bytes: Uint8Array): boolean {
  const asBytes = latin(encoder.encode(key));
  return readings(bytes).some((reading) => reading.includes(asBytes) || reading.includes(key));
}

/** Cleaned in pieces, the first of which may have been read before. */
async function throughStream(
  scrubber: KeyScrubber,
  bytes: Uint8Array<ArrayBuffer>,
  cuts: readonly number[],
  isBegun: boolean,
): Promise<Uint8Array> {
  const [first = 0, ...others] = cuts
    .map((cut) => cut % (bytes.length + 1))
    .toSorted((a, b) => a - b);
  const edges = isBegun ? [first, ...others] : [0, first, ...others];
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const [index, from] of edges.entries()) {
        controller.enqueue(bytes.slice(from, edges[index + 1] ?? bytes.length));
      }
      controller.close();
    },
  });
  if (!isBegun) return readAll(scrubber.cleanStream(source));
  const start = scrubber.cleanStart({ head: bytes.slice(0, first), rest: source });
  return concat([start.head, await readAll(start.rest)]);
}

async function readAll(stream: ReadableStream | null): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe("a key in any writing", () => {
  test("is never in what is handed on, whole or in pieces, and the rest of it keeps its bytes", async () => {
    const pieces = fc.array(fc.nat(), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cases, pieces, async ({ key, bytes, before, after }, cuts) => {
        const scrubber = new KeyScrubber(key);
        const whole = scrubber.cleanBytes(bytes);
        expect(isReadable(key, whole)).toBe(false);
        expect(latin(scrubber.cleanStart({ head: bytes, rest: null }).head)).toBe(latin(whole));
        for (const isBegun of [false, true]) {
          const cleaned = await throughStream(scrubber, bytes, cuts, isBegun);
          expect(latin(cleaned)).toBe(latin(whole));
        }
        // What merely surrounds the key is left alone, unless an escape overlaps it.
        if (isReadable(key, before) || isReadable(key, after)) return;
        const text = decoder.decode(whole);
        expect(text).toContain("[key]");
        expect(text.startsWith(decoder.decode(before).replace(/[%\\�].*$/su, ""))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test("an answer without it is handed on byte for byte", async () => {
    const answers = fc.array(fc.oneof(surroundings, binary, blanks), { maxLength: 8 }).map(concat);
    const pieces = fc.array(fc.nat(), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(keys, answers, pieces, async (key, bytes, cuts) => {
        fc.pre(!isReadable(key, bytes));
        const scrubber = new KeyScrubber(key);
        expect(latin(scrubber.cleanBytes(bytes))).toBe(latin(bytes));
        for (const isBegun of [false, true]) {
          const cleaned = await throughStream(scrubber, bytes, cuts, isBegun);
          expect(latin(cleaned)).toBe(latin(bytes));
        }
      }),
      { numRuns: RUNS },
    );
  });
});

test("a service account's JSON, quoted in an error, is taken out whole", () => {
  const key = JSON.stringify({ type: "service_account", private_key: "-----BEGIN\nabc/+=\n-----" });
  const body = encoder.encode(JSON.stringify({ error: { message: `bad credential: ${key}.` } }));
  const cleaned = decoder.decode(new KeyScrubber(key).cleanBytes(body));
  expect(cleaned).toBe('{"error":{"message":"bad credential: [key]."}}');
});

test("a long good answer that only looks as if it hid something keeps its identity", () => {
  const bytes = encoder.encode(JSON.stringify({ text: "50% of caf\\u00e9s, https:\\/\\/x %2B" }));
  expect(new KeyScrubber("sk-fake-aaaaaaaaaaaaaaaa").cleanBytes(bytes)).toBe(bytes);
});

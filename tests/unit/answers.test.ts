/**
 * What is read from small responses of every API, however they are split and compressed, and what they cost.
 * @module
 */
import { brotliCompressSync, createBrotliDecompress, createGunzip, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { answerEnd } from "../../lib/providers/answers/answer-end";
import { findProvider } from "../../lib/providers/registry";
import { loadPriceBook, NANO_PER_USD } from "../../lib/usage/price";
import { NO_USAGE, type Usage } from "../../lib/usage/types";
import { usageFormFor } from "../../lib/usage/usage-form";
import { createUsageReader } from "../../lib/usage/usage-reader";
import { SeededRandom } from "../../scripts/demo/seeded-random";
import { rewritten } from "../answers/event-writings";
import { bytesOf, type RecordedAnswer, readAnswers } from "../fixtures/read-answers";

const AT_MS = Date.parse("2026-11-20T12:00:00Z");
/** Length of the request for estimates. */
const REQUEST_BYTES = 100;
/** Prime, so that splits fall everywhere. */
const CUTS = [1, 3, 61, 65_536];
/** For each response that consists of events. */
const WRITINGS = 40;
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

const book = await loadPriceBook();
const answers = readAnswers();

const PACKINGS = {
  plain: { pack: (bytes: Uint8Array) => bytes, unpack: null },
  gzip: { pack: (bytes: Uint8Array) => gzipSync(bytes), unpack: createGunzip },
  br: { pack: (bytes: Uint8Array) => brotliCompressSync(bytes), unpack: createBrotliDecompress },
} as const;

/** What a reader gets of the response: compressed and split by the network, decompressed by the platform. */
async function chunksOf(
  answer: RecordedAnswer,
  { pack, unpack }: (typeof PACKINGS)[keyof typeof PACKINGS],
  size: number,
): Promise<readonly Uint8Array[]> {
  const packed = pack(bytesOf(answer));
  const cut = Array.from({ length: Math.ceil(packed.length / size) }, (_, index) =>
    packed.subarray(index * size, (index + 1) * size),
  );
  if (unpack === null) return cut;
  const stream = unpack({ chunkSize: Math.max(64, size) });
  for (const chunk of cut) stream.write(chunk);
  stream.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function read(answer: RecordedAnswer, chunks: readonly Uint8Array[]): Usage | null {
  const custom = { usageFormat: "openai", slug: answer.provider } as const;
  const provider = findProvider(answer.provider) ?? custom;
  const headers = new Headers(answer.headers);
  const form = usageFormFor({ provider, path: answer.path, headers });
  if (form === null) return null;
  const reader = createUsageReader(form);
  for (const chunk of chunks) reader.push(chunk);
  return reader.end({ isComplete: answer.isCut !== true, requestBytes: REQUEST_BYTES });
}

function endingOf(chunks: readonly Uint8Array[]): string {
  const end = answerEnd("sse");
  for (const chunk of chunks) end.push(chunk);
  return end.ending().kind;
}

test("there are answers to read", () => {
  expect(answers.length).toBeGreaterThan(40);
});

describe.each(answers.map((answer) => [answer.name, answer] as const))("%s", (_, answer) => {
  const { expected } = answer;
  const usage = expected.usage === null ? null : { ...NO_USAGE, ...expected.usage };

  test.each(Object.entries(PACKINGS))(`${answer.what}: %s, in any cuts`, async (_packing, how) => {
    for (const size of CUTS) {
      const found = read(answer, await chunksOf(answer, how, size));
      // Parts are checked by what they cost.
      expect(found && { ...found, parts: null }, `pieces of ${size}`).toEqual(usage);
    }
  });

  const { events } = answer;
  if (events !== undefined)
    test("written in any way that the standard allows", () => {
      const random = new SeededRandom(seed);
      const plain = endingOf([bytesOf(answer)]);
      for (let writing = 0; writing < WRITINGS; writing += 1) {
        const bytes = rewritten(events, random);
        const size = random.between(1, random.chance(0.5) ? 20 : 2_000);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_each, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const found = read(answer, chunks);
        const shown = `seed ${seed}: ${JSON.stringify(new TextDecoder().decode(bytes))}`;
        expect(found && { ...found, parts: null }, shown).toEqual(usage);
        expect(endingOf(chunks), shown).toBe(plain);
      }
    });

  test("and costs what the vendor asks", () => {
    const found = read(answer, [bytesOf(answer)]);
    const cost = found && book.cost(answer.provider, answer.asked ?? null, found, AT_MS);
    if (expected.costUsd === null) return expect(cost).toBeNull();
    expect((cost?.nanoUsd ?? Number.NaN) / NANO_PER_USD).toBeCloseTo(expected.costUsd, 8);
    if (expected.basis !== undefined) expect(cost?.basis).toMatchObject(expected.basis);
  });
});

/**
 * Small responses of every protocol (`tests/fixtures/answers/verdicts`), replayed through the handler however they are
 * split; to add one, add a file.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { PACKINGS, type Packing, piecesOf } from "../answers/packings.ts";
import { cut } from "../answers/protocol-streams.ts";
import { scriptedBody } from "../answers/scripted-answer.ts";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

interface RecordedAnswer {
  readonly about: string;
  /** `/api/…` */
  readonly path: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One of them; `base64` for anything but text. */
  readonly body?: string;
  readonly base64?: string;
  readonly expect: {
    /** Keys that were tried: a second one succeeds if the first one's response isn't delivered. */
    readonly asked: number;
    readonly status: number;
    readonly outcome: string;
    /** The reason for the first key's cooldown; null if there is none. */
    readonly rests: string | null;
    readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  };
}

const FOLDER = new URL("../fixtures/answers/verdicts/", import.meta.url);
const SEED = 20261129;
const GOOD = Buffer.from('{"good":true}');

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

function read(file: string): { answer: RecordedAnswer; bytes: Buffer } {
  const answer: RecordedAnswer = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  const bytes = Buffer.from(answer.base64 ?? answer.body ?? "", answer.base64 ? "base64" : "utf8");
  return { answer, bytes };
}

async function replay(
  answer: RecordedAnswer,
  pieces: readonly Buffer[],
  encoding: Packing["encoding"],
  length: number | null,
) {
  const provider = answer.path.split("/")[2] ?? "";
  let asked = 0;
  const proxy = scriptedProxy({
    keys: { [provider]: ["key-number-one", "key-number-two"] },
    upstream: (_, clock) => {
      asked += 1;
      if (asked > 1) return new Response(GOOD, { headers: { "content-type": "application/json" } });
      const headers = new Headers(answer.headers);
      if (encoding !== null) headers.set("content-encoding", encoding);
      if (length !== null) headers.set("content-length", String(length));
      // As workerd represents a body that is known to be empty.
      const body = length === 0 ? null : scriptedBody(pieces, clock);
      return new Response(body, { status: answer.status, headers });
    },
  });
  const isAsking = Object.keys(answer.request).length > 0;
  const response = await proxy.fetch(answer.path, {
    method: isAsking ? "POST" : "GET",
    headers: { "content-type": "application/json" },
    ...(isAsking && { body: JSON.stringify(answer.request) }),
  });
  const bytes = Buffer.from(await proxy.clock.run(response.arrayBuffer()));
  await proxy.clock.advance(1);
  const rests = proxy.state.events.flatMap((event) =>
    event.kind === "key-cooled" ? [event.evidence.meaning] : [],
  );
  const [event] = proxy.usage.events;
  return { asked, status: response.status, bytes, event, rests };
}

describe.each(files)("%s", (file) => {
  const { answer, bytes } = read(file);
  const random = new SeededRandom(SEED);
  const cuts: Readonly<Record<string, (bytes: Buffer) => readonly Buffer[]>> = {
    "in one piece": (all) => [all],
    "byte by byte": (all) =>
      Array.from(all.subarray(0, 4000), (byte) => Buffer.from([byte])).concat(
        all.length > 4000 ? [all.subarray(4000)] : [],
      ),
    "in lines": (all) =>
      all
        .toString("latin1")
        .split(/(?<=\n)/)
        .map((line) => Buffer.from(line, "latin1")),
    anywhere: (all) => cut(random, all),
  };
  const ways = PACKINGS.flatMap((packing) =>
    Object.entries(cuts).map(
      ([name, how]) => [packing.encoding ?? "plain", name, packing, how] as const,
    ),
  );
  async function check(
    pieces: readonly Buffer[],
    encoding: Packing["encoding"],
    length: number | null,
  ) {
    const { usage, rests, ...expected } = answer.expect;
    const seen = await replay(answer, pieces, encoding, length);
    expect({ asked: seen.asked, status: seen.status, outcome: seen.event?.outcome }).toEqual(
      expected,
    );
    expect(seen.rests).toEqual(rests === null ? [] : [rests]);
    expect(seen.bytes.equals(expected.asked > 1 ? GOOD : bytes)).toBe(true);
    if (usage !== undefined) expect(seen.event?.usage).toMatchObject(usage);
  }
  test.each(ways)(`${answer.about}: %s, %s`, (_encoding, _cut, packing, how) =>
    check(piecesOf(bytes, packing, how), packing.encoding, null),
  );
  test(`${answer.about}: with its length`, () => check([bytes], null, bytes.length));
});

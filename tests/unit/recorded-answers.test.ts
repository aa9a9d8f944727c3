/**
 * Small answers of every protocol (`tests/fixtures/answers/verdicts`), replayed through the handler however they are cut:
 * adding one is adding a file.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
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
  /** One of them; `base64` for what is no text. */
  readonly body?: string;
  readonly base64?: string;
  readonly expect: {
    /** Keys that were asked: a second one answers well where the first one's answer is handed to nobody. */
    readonly asked: number;
    readonly status: number;
    readonly outcome: string;
    /** Why the first key rests; null where it does not. */
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

async function replay(answer: RecordedAnswer, pieces: readonly Buffer[]) {
  const provider = answer.path.split("/")[2] ?? "";
  let asked = 0;
  const proxy = scriptedProxy({
    keys: { [provider]: ["key-number-one", "key-number-two"] },
    upstream: (_, clock) => {
      asked += 1;
      if (asked > 1) return new Response(GOOD, { headers: { "content-type": "application/json" } });
      const { status, headers } = answer;
      return new Response(scriptedBody(pieces, clock), { status, headers });
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
  const cuts = {
    "in one piece": [bytes],
    "byte by byte": Array.from(bytes.subarray(0, 4000), (byte) => Buffer.from([byte])).concat(
      bytes.length > 4000 ? [bytes.subarray(4000)] : [],
    ),
    "in lines": bytes
      .toString("latin1")
      .split(/(?<=\n)/)
      .map((line) => Buffer.from(line, "latin1")),
    anywhere: cut(random, bytes),
  };
  test.each(Object.entries(cuts))(`${answer.about}: %s`, async (_, pieces) => {
    const { usage, rests, ...expected } = answer.expect;
    const seen = await replay(answer, pieces);
    expect({ asked: seen.asked, status: seen.status, outcome: seen.event?.outcome }).toEqual(
      expected,
    );
    expect(seen.rests).toEqual(rests === null ? [] : [rests]);
    expect(seen.bytes.equals(expected.asked > 1 ? GOOD : bytes)).toBe(true);
    if (usage !== undefined) expect(seen.event?.usage).toMatchObject(usage);
  });
});

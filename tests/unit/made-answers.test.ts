/**
 * Responses of every protocol through the whole handler: which keys are tried, what the client gets, what is recorded.
 */
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { PACKINGS, type Packing, piecesOf } from "../answers/packings.ts";
import {
  cut,
  type MadeAnswer,
  makeAnswer,
  PROTOCOL_STREAMS,
  type ProtocolStream,
  pick,
} from "../answers/protocol-streams.ts";
import { answerOf, goodAnswer } from "../answers/scripted-answer.ts";
import { type ScriptedProxy, scriptedProxy } from "../doors/scripted-proxy.ts";

/** In addition to the 100,000 of `answer-start.test.ts`, which need no handler; `CASES=100000` takes five minutes. */
const CASES = Number(process.env.CASES ?? 1_000);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

/** Meanings that cause a cooldown. */
const RESTS = new Set(["rate_limit_minute", "rate_limit_day", "out_of_credit"]);

interface Played {
  readonly proxy: ScriptedProxy;
  readonly bytes: Buffer;
  readonly status: number;
}

/** One request: the first key gets this response, every other one a successful one. */
async function play(
  protocol: ProtocolStream,
  pieces: readonly Buffer[],
  encoding: Packing["encoding"],
): Promise<Played> {
  const answers = [pieces];
  const proxy = scriptedProxy({
    keys: { [protocol.provider]: ["key-number-one", "key-number-two"] },
    upstream: (_, clock) => {
      const first = answers.shift();
      return first === undefined
        ? answerOf(protocol, [goodAnswer(protocol)], clock)
        : answerOf(protocol, first, clock, encoding);
    },
  });
  const response = await proxy.fetch(`/api/${protocol.provider}/${protocol.path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(protocol.body),
  });
  const bytes = Buffer.from(await proxy.clock.run(response.arrayBuffer()));
  await proxy.clock.advance(1);
  return { proxy, bytes, status: response.status };
}

function facts({ proxy, bytes, status }: Played, protocol: ProtocolStream) {
  const [event] = proxy.usage.events;
  return {
    asked: proxy.calls.length,
    status,
    isGood: bytes.equals(goodAnswer(protocol)),
    outcome: event?.outcome,
    events: proxy.usage.events.length,
    rested: proxy.state.events.flatMap((noted) =>
      noted.kind === "key-cooled" ? [noted.evidence.meaning] : [],
    ),
  };
}

function expectedFacts({ error, hasWords, isClosed }: MadeAnswer) {
  const rested = error !== null && RESTS.has(error.meaning) ? [error.meaning] : [];
  const same = { status: 200, events: 1, rested };
  if (!hasWords) return { ...same, asked: 2, isGood: true, outcome: "ok" };
  return { ...same, asked: 1, isGood: false, outcome: isClosed ? "ok" : "upstream_error" };
}

describe(`${CASES.toLocaleString("en")} made answers through the handler, seed ${seed}`, () => {
  test.each(PROTOCOL_STREAMS)(
    "$name: an error first means another key, words first mean one attempt and its outcome",
    {
      timeout: 600_000,
    },
    async (protocol) => {
      const random = new SeededRandom(seed);
      for (let index = 0; index < CASES / PROTOCOL_STREAMS.length; index += 1) {
        const made = makeAnswer(random, protocol);
        const packing = pick(random, PACKINGS);
        const pieces = piecesOf(made.bytes, packing, (bytes) => cut(random, bytes));
        const played = await play(protocol, pieces, packing.encoding);
        expect(
          facts(played, protocol),
          `case ${index}, ${packing.encoding}: ${made.bytes}`,
        ).toEqual({
          ...expectedFacts(made),
          isGood: !made.hasWords || made.bytes.equals(goodAnswer(protocol)),
        });
        if (made.hasWords) expect(played.bytes.equals(made.bytes)).toBe(true);
      }
    },
  );
});

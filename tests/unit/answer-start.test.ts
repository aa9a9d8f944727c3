/** The beginning and the end of responses in every protocol, with any news before and split anywhere. */
import { describe, expect, test } from "vitest";
import { answerEnd } from "../../lib/providers/answers/answer-end.ts";
import { type AnswerBeginning, AnswerStart } from "../../lib/providers/answers/answer-start.ts";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { pickPacking, piecesOf } from "../answers/packings.ts";
import { cut, makeAnswer, PROTOCOL_STREAMS } from "../answers/protocol-streams.ts";

/** With a new seed each time; `CASES=1000000` runs more. */
const CASES = Number(process.env.CASES ?? 100_000);
/** The share that is compressed with gzip or br: one of them takes as long as a dozen others. */
const PACKED_SHARE = 0.02;
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

describe(`${CASES.toLocaleString("en")} made answers, seed ${seed}`, () => {
  test.each(PROTOCOL_STREAMS)(
    "of $name begin and end as they say",
    { timeout: 120_000 },
    (protocol) => {
      const random = new SeededRandom(seed);
      for (let index = 0; index < CASES / PROTOCOL_STREAMS.length; index += 1) {
        const made = makeAnswer(random, protocol);
        const packing = pickPacking(random, PACKED_SHARE);
        const pieces = piecesOf(made.bytes, packing, (bytes) => cut(random, bytes));
        const start = new AnswerStart(protocol.framing);
        const end = answerEnd(protocol.framing);
        let beginning: AnswerBeginning = { kind: "nothing" };
        for (const piece of pieces) {
          if (beginning.kind === "nothing") beginning = start.push(piece);
          end.push(piece);
        }
        if (beginning.kind === "nothing") beginning = start.end();
        const expected = made.hasWords ? "output" : made.error !== null ? "error" : "nothing";
        const ending = end.ending();
        const isEmpty = !made.hasWords && made.error === null;
        const wanted = made.error !== null ? "error" : made.isClosed ? "whole" : "cut";
        if (beginning.kind !== expected || (!isEmpty && ending.kind !== wanted)) {
          expect(
            { beginning: beginning.kind, ending: ending.kind, case: index },
            `${packing.encoding}: ${JSON.stringify(pieces.map(String))}`,
          ).toEqual({ beginning: expected, ending: wanted, case: index });
        }
      }
    },
  );
});

/**
 * What converting the events of a stream costs, beside what parsing and writing their JSON costs in the same run.
 * @module
 */
import { StreamConverter } from "../../lib/conversion/answer-converter.ts";
import { answerConversion } from "../../lib/conversion/answer-forms.ts";
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import type { Bytes } from "../../lib/http/byte-stream.ts";
import { eventSplitter } from "../../lib/http/split-events.ts";
import { ANSWERS } from "../../tests/answers/answers-in-forms.ts";
import { converting } from "../../tests/answers/conversions.ts";
import { median } from "./quantile.ts";

const EVENTS = 1_000;
const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const encoder = new TextEncoder();

/** For 1,000 events: the median of all pairs of formats. Of each, the median of several runs counts. */
export function conversionCost(rounds: number): {
  readonly oursMs: number;
  readonly jsonMs: number;
} {
  const costs = FORMS.flatMap((from) =>
    FORMS.filter((to) => to !== from).map((to) => costOf(from, to, rounds)),
  );
  return {
    oursMs: median(costs.map(({ oursMs }) => oursMs)),
    jsonMs: median(costs.map(({ jsonMs }) => jsonMs)),
  };
}

function costOf(from: ConvertibleForm, to: ConvertibleForm, rounds: number) {
  const { facts } = converting(from, to, {}).conversion;
  const events = eventsOf(to);
  const texts = events.map((event) => event.slice(event.indexOf("{")).trim());
  const times = { oursMs: [] as number[], jsonMs: [] as number[] };
  let written = 0;
  for (let round = -3; round < rounds; round += 1) {
    const bytes = events.map((event): Bytes => encoder.encode(event));
    const begunMs = performance.now();
    for (const text of texts) written += JSON.stringify(JSON.parse(text)).length;
    const readMs = performance.now();
    const splitter = eventSplitter("sse");
    const converter = new StreamConverter(answerConversion(facts));
    for (const chunk of bytes) {
      written += encoder.encode(converter.push(splitter.push(chunk))).length;
    }
    const endedMs = performance.now();
    if (round < 0) continue;
    times.jsonMs.push(readMs - begunMs);
    times.oursMs.push(endedMs - readMs);
  }
  if (written === 0) throw new Error("nothing was converted");
  return { oursMs: median(times.oursMs), jsonMs: median(times.jsonMs) };
}

function eventsOf(form: ConvertibleForm): string[] {
  const stream = ANSWERS[form].stream({
    reasoning: "",
    text: "word ".repeat(EVENTS),
    calls: [],
    finish: "stop",
    usage: { input: 100, cached: 0, output: EVENTS },
    cuts: [5],
    isMixed: false,
  });
  // Whole answers at a stream's end, which only Responses have, aren't of this size.
  return stream
    .split("\n\n")
    .filter((event) => event.includes("data: {"))
    .slice(0, EVENTS)
    .map((event) => `${event}\n\n`);
}

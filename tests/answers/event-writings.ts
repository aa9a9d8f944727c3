/**
 * Server-Sent Events written in every way that the standard allows (HTML, section 9.2.6): line ends of three kinds, a
 * byte order mark, data over several lines, fields in any order, and lines without content between the events.
 * @module
 */
import type { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { pick } from "./protocol-streams.ts";

/** @param events As `RecordedAnswer.events`. */
export function rewritten(events: readonly unknown[], random: SeededRandom): Uint8Array {
  const lineEnd = pick(random, ["\n", "\r\n", "\r"]);
  const end = lineEnd + lineEnd;
  const silence = () =>
    random.chance(0.3)
      ? pick(random, [
          ...[lineEnd, end, `:${lineEnd}`, `: a comment${end}`, `: data: {"usage":1}${end}`],
          ...[`id: 7${end}`, `retry: 100${end}`, `data${end}`, `data:${end}`, `x: y${lineEnd}`],
          ...[`event: keepalive${end}`, `event: ping${lineEnd}data: {"type":"ping"}${end}`],
        ])
      : "";
  const written = events.map((event) => silence() + fieldsOf(event, random).join(lineEnd) + end);
  const mark = random.chance(0.2) ? "\uFEFF" : "";
  return new TextEncoder().encode(mark + written.join("") + silence());
}

function fieldsOf(event: unknown, random: SeededRandom): readonly string[] {
  const blank = () => (random.chance(0.7) ? " " : "");
  if (typeof event === "string") return [`data:${blank()}${event}`];
  const text = JSON.stringify(event, null, random.chance(0.3) ? 1 : 0);
  const fields = text.split("\n").map((line) => `data:${blank()}${line}`);
  const type: unknown = typeof event === "object" && event !== null && Reflect.get(event, "type");
  const others = [
    ...(typeof type === "string" && random.chance(0.9) ? [`event:${blank()}${type}`] : []),
    ...(random.chance(0.2) ? ["id: 12"] : []),
    ...(random.chance(0.2) ? [": between"] : []),
  ];
  return random.chance(0.2) ? [...fields, ...others] : [...others, ...fields];
}

/** An error behind padding, comments and news of any length within the bound, split anywhere, is found. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lookInto, MOST_BYTES } from "./look-into";

const encoder = new TextEncoder();

const news = (type: string, chars: number) => {
  const response = { instructions: "x".repeat(chars) };
  return `event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`;
};
const SSE_ERROR = 'event: error\ndata: {"type":"error","error":{"message":"quota"}}\n\n';
const JSON_ERROR = '{"error":{"message":"quota"}}';

/** About this many characters that say nothing. */
const SILENCE = {
  sse: [
    (chars: number) => ": PROCESSING\n\n".repeat(chars / 14),
    (chars: number) => ":\n".repeat(chars / 2),
    (chars: number) => `: ${"x".repeat(chars)}\n`,
    (chars: number) => "\r\n".repeat(chars / 2),
    (chars: number) => " \t\n".repeat(chars / 3),
    (chars: number) => news("response.created", chars),
    (chars: number) => news("response.in_progress", 1_000).repeat(chars / 1_100),
    (chars: number) => "event: ping\ndata: {}\n\n".repeat(chars / 22),
  ],
  json: [
    (chars: number) => " ".repeat(chars),
    (chars: number) => "\n".repeat(chars),
    (chars: number) => "\uFEFF \r\n\t".repeat(chars / 5),
  ],
} as const;

const cases = fc.oneof(
  ...(["sse", "json"] as const).map((framing) =>
    fc.record({
      framing: fc.constant(framing),
      silence: fc.constantFrom<(chars: number) => string>(...SILENCE[framing]),
      chars: fc.integer({ min: 0, max: MOST_BYTES / 2 }),
      piece: fc.integer({ min: 500, max: 70_000 }),
    }),
  ),
);

function look(framing: "sse" | "json", text: string, piece: number) {
  const bytes = encoder.encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + piece));
      at += piece;
    },
  });
  return lookInto(body, framing, () => () => {});
}

describe("what says nothing", () => {
  test("hides no error, however long it is and cut", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ framing, silence, chars, piece }) => {
        const text = silence(chars) + (framing === "sse" ? SSE_ERROR : JSON_ERROR);
        const { beginning } = await look(framing, text, piece);
        expect(beginning.kind).toBe("error");
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["sse", ":\n\n".repeat(MOST_BYTES / 3) + SSE_ERROR],
    ["json", " ".repeat(MOST_BYTES) + JSON_ERROR],
    ["sse", news("response.created", MOST_BYTES) + SSE_ERROR],
  ] as const)("is handed on beyond the bound: %s", async (framing, text) => {
    const { beginning, head, body } = await look(framing, text, 4_096);
    expect(beginning.kind).toBe("output");
    expect(head.length).toBeLessThan(MOST_BYTES + 4_096);
    expect(body).not.toBeNull();
    void body?.cancel();
  });

  test.each([
    ["sse", `data: {"choices":[{"delta":{"content":"${"x".repeat(200_000)}"}}]}\n\n`],
    ["json", `{"data":"${"x".repeat(200_000)}"}`],
  ] as const)("and what may be of use is held no longer than before: %s", async (framing, text) => {
    const { beginning, head, body } = await look(framing, text, 4_096);
    expect(beginning.kind).toBe("output");
    expect(head.length).toBeLessThan(70 * 1024);
    void body?.cancel();
  });
});

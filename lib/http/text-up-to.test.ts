import fc from "fast-check";
import { expect, test } from "vitest";
import { textUpTo } from "./text-up-to";

const inPieces = (pieces: readonly Uint8Array[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    }),
  );

test("a body is read as its text would be, however it comes, up to the bound", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 120 }), async (all, maxBytes) => {
      const bytes = new Uint8Array(all.flatMap((piece) => [...piece]));
      const text = await textUpTo(inPieces(all), maxBytes);
      expect(text).toBe(new TextDecoder().decode(bytes.subarray(0, maxBytes)));
    }),
  );
  expect(await textUpTo(new Response(null), 10)).toBe("");
});

test("of a body without end only the first bytes are asked for", async () => {
  let sent = 0;
  let isLeft = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(new TextEncoder().encode("0123456789"));
    },
    cancel() {
      isLeft = true;
    },
  });
  expect(await textUpTo(new Response(endless), 25)).toBe("0123456789".repeat(3).slice(0, 25));
  expect(isLeft).toBe(true);
  expect(sent).toBeLessThan(6);
});

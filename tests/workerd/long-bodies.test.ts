/** Long bodies as workerd streams them: first read up to the model, then in full. */
import { expect, test } from "vitest";
import {
  KEPT_BODY_BYTES,
  readFurther,
  readRequestBody,
} from "../../lib/proxy/request/request-body.ts";

const LENGTH = KEPT_BODY_BYTES + 3_000_000;

/** A body of declared length, in pieces. */
function longRequest(): Request {
  const piece = new Uint8Array(100_000).fill(0x61);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const bytes = Math.min(piece.length, LENGTH - sent);
      if (bytes === 0) controller.close();
      else controller.enqueue(piece.slice(0, bytes));
      sent += bytes;
    },
  });
  const headers = { "content-length": String(LENGTH) };
  return new Request("http://one-balance.test/", { method: "POST", body, headers });
}

test("a long body is read a little, and further where that is wanted", async () => {
  const body = await readRequestBody(longRequest(), () => false, "at_1");
  if (body.kind !== "streamed") throw new Error(`${body.kind} is not streamed`);
  expect(body.head.length).toBeLessThan(KEPT_BODY_BYTES);
  const whole = await readFurther(body, "at_1");
  if (whole.kind !== "kept") throw new Error(`${whole.kind} is not kept`);
  expect(whole.bytes.length).toBe(LENGTH);
  expect(whole.bytes.every((byte) => byte === 0x61)).toBe(true);
  whole.memory?.release();
});

test("one that must be known is whole at once", async () => {
  const body = await readRequestBody(longRequest(), () => true, "at_1");
  expect(body.kind === "kept" && body.bytes.length).toBe(LENGTH);
  if (body.kind === "kept") body.memory?.release();
});

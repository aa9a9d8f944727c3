import { describe, expect, test } from "vitest";
import type { ByteStream, Bytes } from "../../http/byte-stream";
import { BodySampler } from "./body-sampler";
import { copyReader } from "./copy-reader";

/** A stream that delivers what it is fed, and a clock that advances on demand. */
class Bench {
  readonly taken: string[] = [];
  isCancelled = false;
  nowMs = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  #controller: ReadableByteStreamController | ReadableStreamDefaultController<Bytes> | null = null;
  readonly stream: ByteStream;

  constructor(type: "bytes" | "chunks") {
    const start = (controller: ReadableByteStreamController | ReadableStreamDefaultController) => {
      this.#controller = controller;
    };
    const cancel = () => {
      this.isCancelled = true;
    };
    this.stream =
      type === "bytes"
        ? // Its readers get `Uint8Array`s, which the type of `enqueue` doesn't say.
          (new ReadableStream({ type: "bytes", start, cancel }) as ByteStream)
        : new ReadableStream<Bytes>({ start, cancel });
  }

  sampler(isBegun: boolean): BodySampler {
    const take = (bytes: Uint8Array) => this.taken.push(new TextDecoder().decode(bytes));
    const isEager = () => !isBegun && this.taken.length === 0;
    return new BodySampler(copyReader(this.stream), take, isEager, (callback, ms) => {
      const timer = { atMs: this.nowMs + ms, callback };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    });
  }

  feed(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller?.close();
  }

  breakOff(): void {
    this.#controller?.error(new Error("reset"));
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await settle();
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.nowMs = next.atMs;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.callback();
    }
    this.nowMs = untilMs;
    await settle();
  }

  get text(): string {
    return this.taken.join("");
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe.each(["bytes", "chunks"] as const)("a copy made of %s", (type) => {
  test("is read to its end once all was sent, whenever the next look would have been", async () => {
    const bench = new Bench(type);
    const sampler = bench.sampler(true);
    for (let index = 0; index < 300; index += 1) bench.feed(`${index},`);
    bench.end();
    expect(await sampler.readToEnd()).toBe("ended");
    expect(bench.text).toBe(Array.from({ length: 300 }, (_, index) => `${index},`).join(""));
  });

  test("of a stream that broke off brings what came before, and says so", async () => {
    const bench = new Bench(type);
    const sampler = bench.sampler(true);
    bench.feed("before");
    await bench.pass(200);
    expect(bench.text).toBe("before");
    const last = sampler.readLastWord();
    bench.breakOff();
    expect(await last).toBe("broke");
  });

  test("of a stream that stopped for another reason is let go after 50 ms", async () => {
    const bench = new Bench(type);
    const sampler = bench.sampler(true);
    bench.feed("sent");
    const last = sampler.readLastWord();
    await bench.pass(50);
    expect(await last).toBe("open");
    expect(bench.text).toBe("sent");
    expect(bench.isCancelled).toBe(true);
  });

  test("whose client left while nothing came is let go at once", async () => {
    const bench = new Bench(type);
    const sampler = bench.sampler(true);
    bench.feed("sent");
    await bench.pass(1000);
    expect(bench.text).toBe("sent");
    expect(await sampler.readWhatIsThere()).toBe("open");
    expect(bench.isCancelled).toBe(true);
  });

  test("that had ended when its client left is an answer in full", async () => {
    const bench = new Bench(type);
    const sampler = bench.sampler(true);
    await bench.pass(1000);
    bench.feed("all");
    bench.end();
    await bench.pass(1);
    expect(await sampler.readWhatIsThere()).toBe("ended");
  });
});

test("what was sent when the client left is taken, and nothing is waited for", async () => {
  const bench = new Bench("bytes");
  const sampler = bench.sampler(true);
  const sent = "word ".repeat(20_000);
  for (let at = 0; at < sent.length; at += 1000) bench.feed(sent.slice(at, at + 1000));
  const left = sampler.readWhatIsThere();
  await bench.pass(50);
  expect(await left).toBe("open");
  expect(bench.text).toBe(sent);
});

test("the first bytes of a body that wasn't read yet are taken as they come", async () => {
  const bench = new Bench("bytes");
  bench.sampler(false);
  bench.feed("first");
  await bench.pass(0);
  expect(bench.text).toBe("first");
});

test("half an hour with a chunk a second is looked at fewer than a hundred times, and all of it is seen", async () => {
  const bench = new Bench("bytes");
  const sampler = bench.sampler(true);
  for (let second = 0; second < 1800; second += 1) {
    bench.feed(`data: chunk ${second}\n\n`);
    await bench.pass(1000);
  }
  expect(bench.taken.length).toBeLessThan(100);
  bench.end();
  await sampler.readToEnd();
  expect(bench.text.match(/chunk/g)).toHaveLength(1800);
});

test("at 10 MB a second no more than 2 MB wait for the next look", async () => {
  const bench = new Bench("bytes");
  const sampler = bench.sampler(true);
  const chunk = "x".repeat(10_000);
  let fedBytes = 0;
  let mostWaitingBytes = 0;
  let seenBytes = 0;
  for (let ms = 0; ms < 3000; ms += 1) {
    bench.feed(chunk);
    fedBytes += chunk.length;
    await bench.pass(1);
    for (const text of bench.taken.splice(0)) seenBytes += text.length;
    mostWaitingBytes = Math.max(mostWaitingBytes, fedBytes - seenBytes);
  }
  expect(mostWaitingBytes).toBeLessThanOrEqual(2.1e6);
  bench.end();
  await sampler.readToEnd();
});

/**
 * The upstream of the benchmarks, a separate process: fixed responses, as cheap as Node can produce them. Prints its
 * port. `POST …/stream` returns 2 MB of Server-Sent Events, `…/stream-500-10/…` this many chunks of 1 KB this many
 * milliseconds apart (0: as fast as possible; the header `x-bench-stream: 500-10` asks for the same), `…/idle/…` one chunk and then nothing more, `…/error-64/…` an error of
 * this many KiB, everything else a chat completion.
 * @module
 */
import { createServer, type ServerResponse } from "node:http";
import { STREAM_CHUNK, STREAM_CHUNKS } from "./stream-answer.ts";

const completion = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 0,
  model: "gpt-bench",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "word ".repeat(120) },
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 20, completion_tokens: 120, total_tokens: 140 },
});

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    if (request.url?.includes("gpt-stream") || request.url?.endsWith("/stream")) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      writeStream(response, 0, STREAM_CHUNKS);
      return;
    }
    if (request.url?.includes("/idle/")) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(STREAM_CHUNK);
      return;
    }
    const [, errorKib] = /\/error-(\d+)\//.exec(request.url ?? "") ?? [];
    if (errorKib !== undefined) {
      const message = "no such thing ".repeat(Math.ceil((Number(errorKib) * 1024) / 14));
      const error = { message, type: "invalid_request_error", param: null, code: null };
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error }));
      return;
    }
    const asked = request.headers["x-bench-stream"] ?? request.url ?? "";
    const [, chunks, gapMs] = /^(?:.*\/stream-)?(\d+)-(\d+)(?:\/|$)/.exec(String(asked)) ?? [];
    if (chunks !== undefined) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      if (Number(gapMs) === 0) writeStream(response, 0, Number(chunks));
      else writePaced(response, Number(chunks), Number(gapMs));
      return;
    }
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(completion),
    });
    response.end(completion);
  });
});

function writeStream(response: ServerResponse, from: number, count: number): void {
  for (let chunk = from; chunk < count; chunk += 1) {
    if (!response.write(STREAM_CHUNK)) {
      response.once("drain", () => writeStream(response, chunk + 1, count));
      return;
    }
  }
  response.end();
}

/** By elapsed time, so that late timers don't lengthen the stream. */
function writePaced(response: ServerResponse, count: number, gapMs: number): void {
  const startedMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor((performance.now() - startedMs) / gapMs));
    for (; sent < due; sent += 1) response.write(STREAM_CHUNK);
    if (sent < count) return;
    clearInterval(timer);
    response.end();
  }, gapMs);
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : "");
});

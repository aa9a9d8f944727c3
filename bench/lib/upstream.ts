/**
 * The upstream of the benchmarks, a process of its own: fixed answers, as cheap as Node can give them.
 * Prints its port. `POST …/stream` answers 2 MB of Server-Sent Events, everything else a chat completion.
 * @module
 */
import { createServer } from "node:http";
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
      writeStream(response, 0);
      return;
    }
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(completion),
    });
    response.end(completion);
  });
});

function writeStream(response: import("node:http").ServerResponse, from: number): void {
  for (let chunk = from; chunk < STREAM_CHUNKS; chunk += 1) {
    if (!response.write(STREAM_CHUNK)) {
      response.once("drain", () => writeStream(response, chunk + 1));
      return;
    }
  }
  response.end();
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : "");
});

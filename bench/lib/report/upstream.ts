/**
 * The upstream of the report, a separate process that speaks OpenAI's chat completions: JSON, or a stream if the body
 * has `"stream": true`. It prints its port; `node upstream.ts 9100` takes that one.
 *
 * A key is known by the last two digits of its text. `PUT /bench/case` (`LimitedCase`) says which of them are limited:
 * they get 429 until the next case. `GET /bench/case` returns `CaseCounts` since then. It ends with its standard input.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { COMPLETION, REJECTION, STREAM } from "./upstream-answers.ts";
import { CASE_PATH, type CaseCounts, type LimitedCase } from "./upstream-protocol.ts";

const STREAM_WISH = /"stream": ?true/;
/** A match that two chunks share is no longer than this. */
const OVERLAP = 16;

let limited: ReadonlySet<string> = new Set();
let delayMs = 0;
let counts: CaseCounts = { attempts: 0, rejected: 0 };

const server = createServer((request, response) => {
  if (request.url === CASE_PATH) {
    if (request.method === "PUT") readCase(request, response);
    else response.end(JSON.stringify(counts));
    return;
  }
  let isStream = false;
  let tail = "";
  request.on("data", (chunk: Buffer) => {
    if (isStream) return;
    const text = tail + chunk.toString("latin1");
    isStream = STREAM_WISH.test(text);
    tail = text.slice(-OVERLAP);
  });
  request.on("end", () => {
    const isLimited = limited.has(keyOf(request));
    counts = {
      attempts: counts.attempts + 1,
      rejected: counts.rejected + (isLimited ? 1 : 0),
    };
    const answer = () => {
      if (isLimited) send(response, 429, REJECTION, { "retry-after": "60" });
      else if (isStream) sendStream(response);
      else send(response, 200, COMPLETION);
    };
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
  });
});

function keyOf({ headers }: IncomingMessage): string {
  return (headers.authorization ?? "").slice(-2);
}

function readCase(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const wish: LimitedCase = JSON.parse(Buffer.concat(chunks).toString());
    limited = new Set(wish.limited);
    delayMs = wish.delayMs;
    counts = { attempts: 0, rejected: 0 };
    response.writeHead(204).end();
  });
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function sendStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  for (const event of STREAM) response.write(event);
  response.end();
}

// The benchmark has ended; peers would otherwise find the port taken the next time.
process.stdin.resume().on("end", () => process.exit());

server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : "");
});

/**
 * The load generator, a separate process: keeps a number of connections busy for a while, each with one request at a
 * time, and prints one JSON line. Raw sockets, so that its own cost is small.
 *
 *   node load.ts <<< '{"port":8787,"path":"/…","headers":{…},"body":"…","connections":16,"seconds":4}'
 * @module
 */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

export interface LoadPlan {
  /** 127.0.0.1 if absent. */
  readonly host?: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** Time to first byte of every request, in milliseconds, sorted. */
  readonly firstByteMs: readonly number[];
  /** Time to last byte, the same way. */
  readonly wholeMs: readonly number[];
  /** SHA-256 of the response bodies, without duplicates. */
  readonly bodyHashes: readonly string[];
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const startedMs = performance.now();
  const untilMs = startedMs + plan.seconds * 1000;
  const firstByteMs: number[] = [];
  const wholeMs: number[] = [];
  const hashes = new Set<string>();
  let errors = 0;
  const request = requestBytes(plan);
  const worker = async () => {
    const connection = new Connection(connect(plan.port, plan.host ?? "127.0.0.1"));
    while (performance.now() < untilMs) {
      const sentMs = performance.now();
      const answer = await connection.send(request);
      firstByteMs.push(answer.firstByteAtMs - sentMs);
      wholeMs.push(performance.now() - sentMs);
      if (answer.status !== 200) errors += 1;
      // Hashing every response would compete with what is measured.
      if (hashes.size === 0 || firstByteMs.length % 64 === 0) {
        hashes.add(createHash("sha256").update(answer.body).digest("hex"));
      }
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: plan.connections }, worker));
  return {
    requests: firstByteMs.length,
    errors,
    seconds: (performance.now() - startedMs) / 1000,
    firstByteMs: firstByteMs.sort((a, b) => a - b),
    wholeMs: wholeMs.sort((a, b) => a - b),
    bodyHashes: [...hashes],
  };
}

function requestBytes({ host = "127.0.0.1", port, path, headers, body }: LoadPlan): Buffer {
  const lines = Object.entries({
    host: `${host}:${port}`,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

interface RawAnswer {
  readonly status: number;
  readonly firstByteAtMs: number;
  readonly body: Buffer;
}

/** A response is complete at this length, or ends with the empty chunk. */
type Ending = { readonly length: number } | "empty chunk";

const EMPTY_CHUNK = "0\r\n\r\n";

/** One keep-alive connection that reads `content-length` and chunked responses. */
class Connection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #length = 0;
  #ending: Ending | null = null;
  #lastBytes = "";
  #firstByteAtMs = 0;
  #resolve: ((answer: RawAnswer) => void) | null = null;
  #reject: ((error: Error) => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#reject?.(error));
    socket.on("close", () => this.#reject?.(new Error("connection closed")));
  }

  send(request: Buffer): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#reject = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#length === 0) this.#firstByteAtMs = performance.now();
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#lastBytes = (this.#lastBytes + chunk.subarray(-5).toString("latin1")).slice(-5);
    this.#ending ??= endingOf(this.#chunks);
    // Joining the chunks before the response may be complete is wasted work.
    if (!this.#mayBeComplete()) return;
    const all = Buffer.concat(this.#chunks);
    const body = completeBody(all);
    if (body === null) return;
    const status = Number(all.subarray(9, 12).toString("latin1"));
    this.#chunks = [];
    this.#length = 0;
    this.#ending = null;
    this.#lastBytes = "";
    this.#resolve?.({ status, firstByteAtMs: this.#firstByteAtMs, body });
  }

  #mayBeComplete(): boolean {
    if (this.#ending === null) return false;
    if (this.#ending === "empty chunk") return this.#lastBytes === EMPTY_CHUNK;
    return this.#length >= this.#ending.length;
  }
}

/** Null until the head is complete. */
function endingOf(chunks: readonly Buffer[]): Ending | null {
  const head = headOf(Buffer.concat(chunks));
  if (head === null) return null;
  return head.contentLength === null ? "empty chunk" : { length: head.length + head.contentLength };
}

interface Head {
  /** Including the empty line. */
  readonly length: number;
  readonly contentLength: number | null;
}

function headOf(all: Buffer): Head | null {
  const end = all.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = all.subarray(0, end).toString("latin1").toLowerCase();
  const length = /content-length: *(\d+)/.exec(head)?.[1];
  return { length: end + 4, contentLength: length === undefined ? null : Number(length) };
}

function completeBody(all: Buffer): Buffer | null {
  const head = headOf(all);
  if (head === null) return null;
  const rest = all.subarray(head.length);
  if (head.contentLength === null) return unchunk(rest);
  return rest.length >= head.contentLength ? rest : null;
}

function unchunk(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(bytes.subarray(position, lineEnd).toString("latin1"), 16);
    if (size === 0) return Buffer.concat(parts);
    const start = lineEnd + 2;
    if (start + size > bytes.length) return null;
    parts.push(bytes.subarray(start, start + size));
    position = start + size + 2;
  }
}

// By the standard input: a body may be longer than an argument.
const plan: LoadPlan = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await run(plan)));

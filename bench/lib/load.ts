/**
 * The load generator, a separate process: keeps a number of connections busy for a while, each with one request at a
 * time, and prints one JSON line. Raw sockets, so that its own cost is small.
 *
 *   node load.ts '{"port":8787,"path":"/…","headers":{…},"body":"…","connections":16,"seconds":4}'
 * @module
 */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";

export interface LoadPlan {
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
  /** SHA-256 of the response bodies, without duplicates. */
  readonly bodyHashes: readonly string[];
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const startedMs = performance.now();
  const untilMs = startedMs + plan.seconds * 1000;
  const firstByteMs: number[] = [];
  const hashes = new Set<string>();
  let errors = 0;
  const request = requestBytes(plan);
  const worker = async () => {
    const connection = new Connection(connect(plan.port, "127.0.0.1"));
    while (performance.now() < untilMs) {
      const sentMs = performance.now();
      const answer = await connection.send(request);
      firstByteMs.push(answer.firstByteAtMs - sentMs);
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
    bodyHashes: [...hashes],
  };
}

function requestBytes({ port, path, headers, body }: LoadPlan): Buffer {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
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

/** One keep-alive connection that reads `content-length` and chunked responses. */
class Connection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #length = 0;
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
    // A chunked response ends with an empty chunk: joining before that could be the end is wasted work.
    const mayBeChunkedEnd = chunk.subarray(-5).toString("latin1").endsWith("0\r\n\r\n");
    if (this.#length > 64 * 1024 && !mayBeChunkedEnd) return;
    const all = Buffer.concat(this.#chunks);
    const body = completeBody(all);
    if (body === null) return;
    const status = Number(all.subarray(9, 12).toString("latin1"));
    this.#chunks = [];
    this.#length = 0;
    this.#resolve?.({ status, firstByteAtMs: this.#firstByteAtMs, body });
  }
}

function completeBody(all: Buffer): Buffer | null {
  const headEnd = all.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = all.subarray(0, headEnd).toString("latin1").toLowerCase();
  const rest = all.subarray(headEnd + 4);
  const length = /content-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return rest.length >= Number(length) ? rest : null;
  return unchunk(rest);
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

if (process.argv[2] !== undefined) {
  const plan: LoadPlan = JSON.parse(process.argv[2]);
  console.log(JSON.stringify(await run(plan)));
}

/**
 * The front before workerd. It notifies workerd when a client leaves: on a plain socket workerd notices that only at its
 * next write, so a request still waiting upstream would run on for no one; Cloudflare's edge, like nginx, treats the
 * client's FIN as its end. And it reports where the portal's requests come from, as Cloudflare's edge does, because
 * workerd alone doesn't know. Bodies, responses and proxied requests pass unchanged, with back-pressure both ways.
 * @module
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { isProxiedTarget } from "../local/is-proxied.ts";
import { originField } from "../local/origin-field.ts";
import { parseAddress } from "./ip-address.ts";
import { BadRequest, type RequestHead } from "./request-head.ts";
import { requestOrigin } from "./request-origin.ts";
import { RequestReader } from "./request-reader.ts";
import type { Trust } from "./trusted-proxies.ts";

export interface FrontOptions {
  /** 0 selects a free one. */
  readonly port: number;
  /** Name or address to listen on. */
  readonly host: string;
  /** Of workerd, on 127.0.0.1; connections wait for it. */
  readonly workerPort: () => number | Promise<number>;
  readonly trust: Trust;
  /** Name of the field with a request's origin. No client knows it. */
  readonly originHeader: string;
}

export interface Front {
  /** The address that `host` resolves to. */
  readonly address: string;
  readonly port: number;
  /** Accepts no new connections; existing ones continue. */
  stopListening(): void;
  /** Ends the remaining connections. */
  close(): void;
}

const WORKER_HOST = "127.0.0.1";
/** The time for a complete head, from its first byte. */
const HEAD_TIMEOUT_MS = 60_000;
/** The time for a rejected client to read the error. */
const REFUSED_MS = 2_000;
const SWITCHING = "HTTP/1.1 101 ";

/** Listens, and passes each connection on to workerd. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
    const port = options.workerPort();
    if (typeof port === "number") passOn(client, port, options);
    else passOnLater(client, port, options);
  });
  await listen(server, options.port, options.host);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("front has no TCP port");
  return {
    address: address.address,
    port: address.port,
    stopListening: () => server.close(),
    close: () => {
      for (const client of clients) client.destroy();
    },
  };
}

function passOnLater(client: Socket, port: Promise<number>, options: FrontOptions): void {
  const left = () => client.destroy();
  client.once("error", left);
  port.then((known) => {
    client.off("error", left);
    if (!client.destroyed) passOn(client, known, options);
  }, left);
}

function passOn(client: Socket, port: number, options: FrontOptions): void {
  const worker = connect({ host: WORKER_HOST, port, noDelay: true, allowHalfOpen: true });
  passRequests(client, worker, options);
  worker.pipe(client);
  // A reset reaches workerd at once; it would notice a FIN only at its next write.
  const clientLeft = () => worker.resetAndDestroy();
  client.once("end", clientLeft).once("error", clientLeft).once("close", clientLeft);
  worker.once("error", () => client.destroy()).once("close", () => client.end());
}

function passRequests(client: Socket, worker: Socket, options: FrontOptions): void {
  const reader = new RequestReader(marker(client, options));
  let headTimeout: NodeJS.Timeout | undefined;
  /** Whether it waits for the beginning of the next response. */
  let isAsking = false;
  const passed = (read: () => readonly Buffer[]): void => {
    try {
      const pieces = read();
      const [first] = pieces;
      if (pieces.length === 1 && first !== undefined) worker.write(first);
      else if (pieces.length > 1) {
        worker.cork();
        for (const piece of pieces) worker.write(piece);
        worker.uncork();
      }
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      client.off("data", onData).resume();
      client.end(`HTTP/1.1 ${error.status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      worker.resetAndDestroy();
      setTimeout(() => client.destroy(), REFUSED_MS).unref();
      return;
    }
    if (worker.writableNeedDrain) client.pause();
    if (reader.isWithinHead) headTimeout ??= setTimeout(() => client.destroy(), HEAD_TIMEOUT_MS);
    else if (headTimeout !== undefined) {
      clearTimeout(headTimeout);
      headTimeout = undefined;
    }
    if (reader.awaitsAnswer && !isAsking) {
      isAsking = true;
      worker.once("data", answered);
    }
  };
  const answered = (answer: Buffer): void => {
    isAsking = false;
    passed(() => reader.answered(answer.toString("latin1", 0, SWITCHING.length) === SWITCHING));
  };
  const onData = (chunk: Buffer): void => passed(() => reader.read(chunk));
  client.on("data", onData);
  worker.on("drain", () => client.resume());
  client.once("close", () => clearTimeout(headTimeout));
}

/** Adds each request's origin to its head, unless it is for the proxy, which doesn't need it. */
function marker(
  client: Socket,
  { trust, originHeader }: FrontOptions,
): (head: RequestHead) => Uint8Array | null {
  const peer = parseAddress(client.remoteAddress ?? "");
  return ({ target, header }) => {
    if (peer === null || isProxiedTarget(target)) return null;
    return Buffer.from(originField(originHeader, requestOrigin(peer, header, trust)), "latin1");
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

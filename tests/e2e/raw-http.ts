/**
 * HTTP below the conveniences of `fetch`: bytes as they are on the wire, and requests that no client would send.
 * @module
 */
import { request } from "node:http";
import { connect } from "node:net";

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Not decompressed. */
  readonly body: Buffer;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request over `node:http`, which changes neither headers nor body. */
export function rawHttp(url: string, options: RawRequest = {}): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: options.method ?? "GET",
      headers: options.headers ?? {},
      agent: false,
    });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.end(options.body);
  });
}

/** A WebSocket handshake; the headers of the 101, after which the connection is dropped. */
export function rawUpgrade(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawResponse["headers"]> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    });
    outgoing.on("error", reject);
    outgoing.on("response", ({ statusCode }) => reject(new Error(`status ${statusCode}`)));
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.headers);
    });
    outgoing.end();
  });
}

/** Writes `text` to the server unchanged; returns everything it responds until it closes, as text. */
export function rawSocket(serverUrl: string, text: string): Promise<string> {
  const { hostname, port } = new URL(serverUrl);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text, "latin1"));
    socket.setEncoding("latin1");
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no end after: ${answer}`)));
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

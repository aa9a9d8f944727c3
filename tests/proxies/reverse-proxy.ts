/**
 * A small reverse proxy, behaving like common ones. It connects from 127.0.0.1.
 * @module
 */
import { once } from "node:events";
import http, { createServer, type IncomingMessage, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReverseProxyOptions {
  readonly target: string;
  /**
   * - `append`: appends `X-Forwarded-*` (Apache).
   * - `hand-on`: appends only the address, and leaves scheme and host to the outer proxy (inner nginx).
   * - `replace`: appends the address, and replaces scheme and host (nginx, Caddy).
   * - `forwarded`: writes only `Forwarded`.
   */
  readonly manner: "append" | "hand-on" | "replace" | "forwarded";
  /** The scheme that it reports. */
  readonly scheme: "http" | "https";
}

export interface ReverseProxy {
  readonly url: string;
  readonly port: number;
  close(): void;
}

export async function startReverseProxy(options: ReverseProxyOptions): Promise<ReverseProxy> {
  const server = createServer((request, response) => {
    const outgoing = http.request(onwards(request, options), (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      response.flushHeaders();
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    request.pipe(outgoing);
  });
  server.on("upgrade", (request, client, head) => {
    const outgoing = http.request(onwards(request, options));
    outgoing.on("upgrade", (answer, socket, first) => {
      const lines = answer.rawHeaders.flatMap((text, index, all) =>
        index % 2 === 0 ? [`${text}: ${all[index + 1]}`] : [],
      );
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      client.write(first);
      socket.write(head);
      socket.pipe(client).on("error", () => socket.destroy());
      client.pipe(socket).on("error", () => client.destroy());
    });
    outgoing.on("response", () => client.destroy());
    outgoing.on("error", () => client.destroy());
    outgoing.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function onwards(
  { method = "GET", url = "/", headers, socket }: IncomingMessage,
  { target, manner, scheme }: ReverseProxyOptions,
): RequestOptions {
  const { hostname, port } = new URL(target);
  const client = socket.remoteAddress ?? "";
  const host = headers.host ?? "";
  const after = (name: string, value: string) =>
    [headers[name], value].flat().filter(Boolean).join(", ");
  const told =
    manner === "forwarded"
      ? { forwarded: after("forwarded", `for=${client};proto=${scheme};host="${host}"`) }
      : {
          "x-forwarded-for": after("x-forwarded-for", client),
          ...(manner === "replace" && { "x-forwarded-proto": scheme, "x-forwarded-host": host }),
          ...(manner === "append" && {
            "x-forwarded-proto": after("x-forwarded-proto", scheme),
            "x-forwarded-host": after("x-forwarded-host", host),
          }),
        };
  return { hostname, port, method, path: url, agent: false, headers: { ...headers, ...told } };
}

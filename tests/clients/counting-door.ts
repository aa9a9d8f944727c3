/** An entry point in front of the instance that counts its calls. @module */
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountedCalls {
  readonly calls: number;
  /** When the first of them arrived; 0 for none. */
  readonly firstAtMs: number;
  /** The most pieces in which one of them was answered. */
  readonly pieces: number;
}

export interface CountingDoor {
  readonly url: string;
  /** POSTs since the last call, for which a person waits. */
  take(): CountedCalls;
  close(): void;
}

export async function startCountingDoor(target: string): Promise<CountingDoor> {
  const { hostname, port } = new URL(target);
  let calls = 0;
  let firstAtMs = 0;
  let pieces = 0;
  const server = createServer((asked, answering) => {
    if (asked.method === "POST") {
      calls += 1;
      firstAtMs ||= performance.now();
    }
    const { method, url, headers } = asked;
    const options = {
      hostname,
      port,
      method,
      path: url,
      headers: { ...headers, host: `${hostname}:${port}` },
    };
    const onward = httpRequest(options, (answer) => {
      answering.writeHead(answer.statusCode ?? 502, answer.headers);
      let arrived = 0;
      answer.on("data", () => {
        arrived += 1;
        pieces = Math.max(pieces, arrived);
      });
      answer.pipe(answering);
    });
    onward.on("error", () => answering.destroy());
    answering.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = { calls, firstAtMs, pieces };
      calls = 0;
      firstAtMs = 0;
      pieces = 0;
      return taken;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

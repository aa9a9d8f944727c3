/** An entry point in front of the instance that counts its calls. @module */
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountingDoor {
  readonly url: string;
  /** POSTs since the last call, for which a person waits, and when the first of them arrived; 0 for none. */
  take(): { readonly calls: number; readonly firstAtMs: number };
  close(): void;
}

export async function startCountingDoor(target: string): Promise<CountingDoor> {
  const { hostname, port } = new URL(target);
  let calls = 0;
  let firstAtMs = 0;
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
      const taken = { calls, firstAtMs };
      calls = 0;
      firstAtMs = 0;
      return taken;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

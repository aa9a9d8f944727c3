/**
 * A TCP front for workerd that tells it when a client leaves. On a plain socket workerd learns that only
 * from its next write, so a request still waiting upstream would run on for nobody; Cloudflare's edge, like
 * nginx, takes the client's FIN for its end. Bytes pass through unread, with back-pressure both ways.
 * @module
 */
import { connect, createServer, type Server, type Socket } from "node:net";

export interface Front {
  readonly port: number;
  /** Takes no new connections; those it has go on. */
  stopListening(): void;
  /** Ends the remaining connections. */
  close(): void;
}

const HOST = "127.0.0.1";

/** Listens on 127.0.0.1 (port 0: a free one) and passes each connection on to `workerPort`. */
export async function startFront(port: number, workerPort: number): Promise<Front> {
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
    passOn(client, workerPort);
  });
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("front has no TCP port");
  return {
    port: address.port,
    stopListening: () => server.close(),
    close: () => {
      for (const client of clients) client.destroy();
    },
  };
}

function passOn(client: Socket, workerPort: number): void {
  const worker = connect({ host: HOST, port: workerPort, noDelay: true, allowHalfOpen: true });
  client.pipe(worker, { end: false });
  worker.pipe(client);
  // A reset reaches workerd at once, where a FIN would wait for its next write.
  const clientLeft = () => worker.resetAndDestroy();
  client.once("end", clientLeft).once("error", clientLeft).once("close", clientLeft);
  worker.once("error", () => client.destroy()).once("close", () => client.end());
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

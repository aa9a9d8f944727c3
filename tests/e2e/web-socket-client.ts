/** WebSocket clients whose messages can be awaited. @module */
import { once } from "node:events";
import { type ClientOptions, WebSocket as NodeWebSocket, type RawData } from "ws";

export interface Conversation {
  /** The subprotocol that the server chose; empty for none. */
  readonly protocol: string;
  send(message: unknown): void;
  /** The next message that wasn't taken yet, as JSON. */
  next(): Promise<Record<string, unknown>>;
  /** Sound, or a frame unchanged. */
  sendRaw(frame: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** How it was closed, by either side. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** The `ws` package, which can send headers. Rejects if the handshake fails. */
export async function openNodeSocket(
  url: string,
  options: ClientOptions = {},
): Promise<Conversation> {
  const socket = new NodeWebSocket(url, options);
  const inbox = new Inbox();
  socket.on("message", (data: RawData) => inbox.put(data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await once(socket, "open");
  return {
    protocol: socket.protocol,
    send: (message) => socket.send(JSON.stringify(message)),
    next: () => inbox.take(),
    sendRaw: (frame) => socket.send(frame),
    close: (code, reason) => socket.close(code, reason),
    closed,
  };
}

/** The web's own WebSocket, which can only offer subprotocols. Rejects if the handshake fails. */
export async function openBrowserSocket(url: string, protocols: string[]): Promise<Conversation> {
  const socket = new WebSocket(url, protocols);
  const inbox = new Inbox();
  socket.addEventListener("message", (event) => inbox.put(String(event.data)));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason })),
  );
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the handshake failed")));
  });
  return {
    protocol: socket.protocol,
    send: (message) => socket.send(JSON.stringify(message)),
    next: () => inbox.take(),
    sendRaw: (frame) => socket.send(typeof frame === "string" ? frame : new Uint8Array(frame)),
    close: (code, reason) => socket.close(code, reason),
    closed,
  };
}

class Inbox {
  readonly #messages: string[] = [];
  #wake: (() => void) | null = null;

  put(text: string): void {
    this.#messages.push(text);
    this.#wake?.();
  }

  async take(): Promise<Record<string, unknown>> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return JSON.parse(this.#messages.shift() ?? "null");
  }
}

/**
 * A visitor at their own address, in the loopback range, who uses the portal and the pool through whatever is in front.
 * @module
 */
import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { type Conversation, openNodeSocket } from "../e2e/web-socket-client.ts";
import { builtActions } from "../portal/actions.ts";

export interface VisitorOptions {
  /** The browser's origin: `https://keys.example.test:8443`. */
  readonly origin: string;
  /** Where that name leads, on 127.0.0.1. */
  readonly port: number;
  /** Of the visitor, such as 127.0.0.77. */
  readonly address: string;
  /** PEM of the certificate that signs the server's. */
  readonly ca?: string;
  /** Sent with everything, like an attacker would. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class Visitor {
  readonly #options: VisitorOptions;
  #cookies = new Map<string, string>();

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  /** The stored cookies, by name. */
  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  async ask(path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await this.open(path, sent);
    answer.setEncoding("utf8");
    let text = "";
    for await (const piece of answer) text += piece;
    return { status: answer.statusCode ?? 0, headers: answer.headers, text };
  }

  /** The response once it has begun. */
  async open(path: string, { method = "GET", headers, body }: Sent = {}): Promise<IncomingMessage> {
    const { origin, ca } = this.#options;
    const { protocol, host, hostname } = new URL(origin);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const options = {
      ...this.#way(),
      ...{ path, method, agent: false as const },
      headers: { host, ...(cookie && { cookie }), ...this.#options.headers, ...headers },
    };
    const request =
      protocol === "https:"
        ? https.request({ ...options, servername: hostname, ...(ca !== undefined && { ca }) })
        : http.request(options);
    request.end(body);
    const [answer]: [IncomingMessage] = await (once(request, "response") as Promise<never>);
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Sends a form of the portal, as its page does. */
  act(name: string, path: string, input: object): Promise<Answer> {
    const id = builtActions().find((action) => action.name === name)?.id ?? "";
    return this.ask(path, {
      method: "POST",
      headers: {
        "next-action": id,
        "content-type": "text/plain;charset=UTF-8",
        origin: this.#options.origin,
        "sec-fetch-site": "same-origin",
      },
      body: JSON.stringify([input]),
    });
  }

  socket(path: string, headers: Readonly<Record<string, string>>): Promise<Conversation> {
    const { origin, ca } = this.#options;
    const { protocol, host, hostname } = new URL(origin);
    const url = `${protocol.replace("http", "ws")}//127.0.0.1:${this.#options.port}${path}`;
    return openNodeSocket(url, {
      localAddress: this.#options.address,
      ...(ca !== undefined && { ca, servername: hostname }),
      headers: { host, ...this.#options.headers, ...headers },
    });
  }

  #way() {
    return {
      host: "127.0.0.1",
      port: this.#options.port,
      localAddress: this.#options.address,
    };
  }
}

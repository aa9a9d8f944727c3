/**
 * A Cloudflare Access team on this machine: its keys, and the assertions that it would add to requests.
 * @module
 */
import { createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface AccessTeam {
  /** For `ACCESS_TEAM`. */
  readonly url: string;
  /** For `ACCESS_AUD`. */
  readonly audience: string;
  /** The header that Access adds for someone with these claims. */
  headers(claims: object): Readonly<Record<string, string>>;
  /** Signs with another key from now on; the previous one stays valid. */
  rotate(): void;
  close(): Promise<void>;
}

const LIFE_S = 600;

export async function startAccessTeam(): Promise<AccessTeam> {
  const audience = "0123456789abcdef0123456789abcdef";
  const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const keys = [newKey()];
  const nameOf = (index: number) => `key-${index}`;
  const server = createServer((request, response) => {
    const isKnown = request.url === "/cdn-cgi/access/certs";
    response.writeHead(isKnown ? 200 : 404, { "content-type": "application/json" });
    const published = keys.map(({ publicKey }, index) => ({
      ...publicKey.export({ format: "jwk" }),
      ...{ kid: nameOf(index), use: "sig", alg: "RS256" },
    }));
    response.end(JSON.stringify({ keys: published.slice(-2) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    url,
    audience,
    headers(claims) {
      const nowS = Math.floor(Date.now() / 1_000);
      const head = { alg: "RS256", kid: nameOf(keys.length - 1), typ: "JWT" };
      const times = { iat: nowS, nbf: nowS, exp: nowS + LIFE_S };
      const body = { iss: url, aud: [audience], type: "app", ...times, ...claims };
      const text = `${encoded(head)}.${encoded(body)}`;
      const { privateKey } = keys.at(-1) ?? newKey();
      const signature = createSign("RSA-SHA256").update(text).sign(privateKey, "base64url");
      return { "cf-access-jwt-assertion": `${text}.${signature}` };
    },
    rotate() {
      keys.push(newKey());
    },
    async close() {
      server.close();
      await once(server, "close");
    },
  };
}

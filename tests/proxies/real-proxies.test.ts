/**
 * The real nginx and Caddy in front of `npm start`'s server, as in docs/own-server.md: TLS on their own ports, alone
 * and one behind the other.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stack } from "../e2e/harness.ts";
import {
  expectStream,
  expectWebSocket,
  setUp,
  signIn,
  signInAddresses,
  startProxiedStack,
  type Way,
} from "./journey.ts";
import {
  type Certificate,
  makeCertificate,
  NAME,
  type RealProxy,
  startCaddy,
  startNginx,
} from "./real-proxies.ts";
import { Visitor } from "./visitor.ts";

const ARRANGEMENTS = ["nginx", "caddy", "nginx, then caddy", "caddy, then nginx"] as const;
type Arrangement = (typeof ARRANGEMENTS)[number];

let folder = "";
let certificate: Certificate;
let stack: Stack;
const proxies: RealProxy[] = [];
const ways = new Map<Arrangement, Way>();

const START = { nginx: startNginx, caddy: startCaddy };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "one-balance-proxies-"));
  certificate = await makeCertificate(folder);
  stack = await startProxiedStack();
  for (const arrangement of ARRANGEMENTS) ways.set(arrangement, await arrange(arrangement));
  await setUp(way("nginx"));
});
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The outermost first. */
async function arrange(arrangement: Arrangement): Promise<Way> {
  let port = Number(new URL(stack.url).port);
  const kinds = arrangement.split(", then ") as ("nginx" | "caddy")[];
  for (const [index, kind] of [...kinds.entries()].toReversed()) {
    const proxy = await START[kind]({
      folder: join(folder, `${arrangement}-${index}`.replaceAll(/[ ,]+/g, "-")),
      targetPort: port,
      certificate: index === 0 ? certificate : null,
    });
    proxies.push(proxy);
    port = proxy.port;
  }
  return { origin: `https://${NAME}:${port}`, port, ca: certificate.text };
}

function way(arrangement: Arrangement): Way {
  const found = ways.get(arrangement);
  if (found === undefined) throw new Error(`${arrangement} does not serve`);
  return found;
}

describe.each(ARRANGEMENTS)("%s", (arrangement) => {
  const address = `127.0.0.${20 + ARRANGEMENTS.indexOf(arrangement)}`;

  test("signing in with cookies for https; the audit log has the visitor's own address", async () => {
    const visitor = await signIn(way(arrangement), address);
    expect((await signInAddresses(visitor))[0]).toBe(address);
  });

  test("a stream arrives as it is sent", () => expectStream(stack, way(arrangement)));

  test("a WebSocket opens, and messages pass both ways", () =>
    expectWebSocket(stack, way(arrangement)));

  test("pages and files come packed", async () => {
    const visitor = new Visitor({ ...way(arrangement), address });
    const headers = { "accept-encoding": "br" };
    const page = await visitor.open("/login", { headers });
    expect(page.headers["content-encoding"]).toBe("br");
    page.resume();
  });
});

test("a client that bypasses the proxies is known by its own address, and can't take another", async () => {
  const port = Number(new URL(stack.url).port);
  const visitor = await signIn({ origin: stack.url, port }, "127.0.0.30");
  expect((await signInAddresses(visitor))[0]).toBe("127.0.0.30");
});

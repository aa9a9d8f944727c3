/**
 * What must work behind any reverse proxy: set-up, sign-in with matching cookies, a stream that arrives as it is sent,
 * a WebSocket, and an audit log that has the right addresses and trusts no one else.
 * @module
 */
import { expect } from "vitest";
import { readTrust } from "../../scripts/front/trusted-proxies.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "../e2e/harness.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

const PERSON = { email: "ada@example.com", password: "a long password" };
/** What a client might write to be mistaken for someone else. */
const FORGED = {
  "x-forwarded-for": "198.51.100.66, 127.0.0.1",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "evil.example",
  "x-real-ip": "198.51.100.66",
  "cf-connecting-ip": "198.51.100.66",
  "true-client-ip": "198.51.100.66",
  forwarded: "for=198.51.100.66;proto=https",
};

/** Trusts 127.0.0.1, from which proxies connect, and no other address of the loopback range. */
export function startProxiedStack(header?: string): Promise<Stack> {
  return startStack({
    upstream: {
      keys: { "sk-fake-slow": { kind: "slow-chunks", delayMs: 100 } },
    },
    trust: readTrust("127.0.0.1", header),
  });
}

/** The first admin, from 127.0.0.10. */
export async function setUp(way: Way): Promise<void> {
  const visitor = new Visitor({ ...way, address: "127.0.0.10", headers: FORGED });
  const answer = await visitor.act("setUp", "/setup", {
    ...PERSON,
    name: "Ada",
    secret: ADMIN_TOKEN,
  });
  expect(answer.text).toContain('"ok":true');
}

export type Way = Omit<VisitorOptions, "address" | "headers">;

/** Signs in from that address, with headers that claim another, and expects its address in the audit log. */
export async function signIn(way: Way, address: string): Promise<Visitor> {
  const visitor = new Visitor({ ...way, address, headers: FORGED });
  const page = await visitor.ask("/login");
  expect(page.status).toBe(200);
  await visitor.act("signInWithPassword", "/login", PERSON);
  const names = [...visitor.cookies.keys()];
  const isHttps = way.origin.startsWith("https:");
  const session = names.find((name) => name.includes("authjs.session-token"));
  expect(session, names.join()).toMatch(isHttps ? /^__Secure-/ : /^authjs/);
  return visitor;
}

/** Addresses of the sign-ins in the audit log, newest first. */
export async function signInAddresses(visitor: Visitor): Promise<string[]> {
  const { status, text } = await visitor.ask("/audit/export?format=json");
  expect(status).toBe(200);
  const entries: { action: string; ip: string | null }[] = JSON.parse(text);
  return entries.filter(({ action }) => action.includes("sign-in")).map(({ ip }) => String(ip));
}

/** A stream of the pool arrives in pieces, the first before the upstream has sent its last. */
export async function expectStream(stack: Stack, way: Way): Promise<void> {
  await stack.admin.addKeys("openai", ["sk-fake-slow"]);
  const visitor = new Visitor({ ...way, address: "127.0.0.11" });
  const answer = await visitor.open("/api/openai/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-4o-mini",
      stream: true,
      messages: [{ role: "user", content: "hi" }],
    }),
  });
  expect(answer.statusCode).toBe(200);
  answer.setEncoding("utf8");
  const pieces: string[] = [];
  for await (const piece of answer) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces[0]).not.toContain("[DONE]");
  expect(pieces.at(-1)).toContain("[DONE]");
}

export async function expectWebSocket(stack: Stack, way: Way): Promise<void> {
  await stack.admin.addKeys("openai", ["sk-fake-slow"]);
  const visitor = new Visitor({ ...way, address: "127.0.0.12" });
  const socket = await visitor.socket("/api/openai/realtime?model=gpt-realtime", {
    authorization: `Bearer ${ADMIN_TOKEN}`,
  });
  expect(await socket.next()).toMatchObject({ type: "session.created" });
  socket.send({ type: "response.create", response: { instructions: "one" } });
  const types: unknown[] = [];
  while (types.at(-1) !== "response.done") types.push((await socket.next()).type);
  expect(types).toContain("response.output_text.delta");
  socket.close();
}

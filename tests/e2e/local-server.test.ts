/** What `scripts/serve.ts` promises for any Worker that it serves. */
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { databaseFile } from "../../scripts/database-watch.ts";
import { root } from "../../scripts/root.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../scripts/serve.ts";
import { rawHttp } from "./raw-http.ts";

const WORKER = `
export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/forward") return fetch(searchParams.get("to"));
    if (pathname === "/api/sql") {
      const { results } = await env.DB.prepare(searchParams.get("query")).all();
      return Response.json(results);
    }
    if (pathname === "/api/write-late") {
      const write = () => env.DB.exec("insert into notes values ('late')");
      ctx.waitUntil(scheduler.wait(900).then(write));
      return new Response("will be written");
    }
    if (pathname === "/api/socket") {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener("message", ({ data }) => server.send("echo " + data));
      return new Response(null, { status: 101, webSocket: client });
    }
    if (pathname === "/api/throw") throw new Error("worker fault");
    return new Response(env.GREETING + " " + pathname);
  },
};
`;

const STYLE = "a { color: red }\n".repeat(1_000);

let workspace = "";
let server: RunningServer;
const logged: string[] = [];
const notices: string[] = [];

function options(): ServerOptions {
  return {
    port: 0,
    dataDir: join(workspace, "data"),
    workerDir: join(workspace, "worker"),
    assetsDir: join(workspace, "assets"),
    vars: { GREETING: "worker at" },
    onNotice: (text) => notices.push(text),
    onLog: (level, message) => logged.push(`${level}: ${message}`),
  };
}

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "one-balance-serve-"));
  await mkdir(join(workspace, "worker"));
  await mkdir(join(workspace, "assets/api"), { recursive: true });
  await writeFile(join(workspace, "worker/worker.js"), WORKER);
  await writeFile(join(workspace, "assets/hello.txt"), "an asset");
  await writeFile(join(workspace, "assets/style.css"), STYLE);
  await writeFile(join(workspace, "assets/picture.png"), "no picture");
  await writeFile(join(workspace, "assets/api/hidden.txt"), "never served");
  server = await startServer(options());
});

afterAll(async () => {
  await server.dispose();
  await rm(workspace, { recursive: true });
});

describe("routing", () => {
  test("a file is served without the Worker, anything else by it", async () => {
    expect(await text("/hello.txt")).toBe("an asset");
    expect(await text("/nothing")).toBe("worker at /nothing");
    expect(await text("/hello.txt", { method: "POST" })).toBe("worker at /hello.txt");
  });

  test("nothing below /api/ is a file", async () => {
    expect(await text("/api/hidden.txt")).toBe("worker at /api/hidden.txt");
  });

  test("WebSockets pass", async () => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/socket`);
    await once(socket, "open");
    socket.send("hello");
    const [message] = await once(socket, "message");
    expect(String(message)).toBe("echo hello");
    socket.close();
  });

  test("a fault of the Worker is logged", async () => {
    expect((await fetch(`${server.url}/api/throw`)).status).toBe(500);
    await expect.poll(() => logged.join("\n")).toContain("worker fault");
  });
});

describe("files are compressed for clients that accept it", () => {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync, identity: (body: Buffer) => body };
  const ask = (path: string, coding: string, more: Readonly<Record<string, string>> = {}) =>
    rawHttp(`${server.url}${path}`, { headers: { "accept-encoding": coding, ...more } });

  test.each(["br", "gzip", "identity"] as const)(
    "%s: GET, HEAD and a 304 agree",
    async (coding) => {
      const whole = await ask("/style.css", coding);
      expect(unpack[coding](whole.body).toString()).toBe(STYLE);
      expect(whole.headers["content-encoding"]).toBe(coding === "identity" ? undefined : coding);
      expect(whole.headers["content-length"]).toBe(String(whole.body.length));
      expect(whole.headers.vary).toBe("Accept-Encoding");
      const head = await rawHttp(`${server.url}/style.css`, {
        method: "HEAD",
        headers: { "accept-encoding": coding },
      });
      // For what isn't compressed, Miniflare's file server states no length without a body.
      const left = coding === "identity" ? ["date", "content-length"] : ["date"];
      const alike = Object.entries(whole.headers).filter(([name]) => !left.includes(name));
      expect(head.headers).toMatchObject(Object.fromEntries(alike));
      const etag = String(whole.headers.etag);
      const unchanged = await ask("/style.css", coding, { "if-none-match": etag });
      expect([unchanged.status, unchanged.body.length]).toEqual([304, 0]);
      expect(unchanged.headers.vary).toBe("Accept-Encoding");
    },
  );

  test("pictures are not, nor are answers below /api/", async () => {
    expect((await ask("/picture.png", "br")).headers["content-encoding"]).toBeUndefined();
    const answer = await ask("/api/sql?query=select%201%20as%20one", "br, gzip");
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(answer.body.toString()).toBe('[{"one":1}]');
  });
});

/** workerd alone would notice only at its next write, which a silent upstream never causes. */
test("a client that leaves while the upstream is silent ends the upstream request", async () => {
  const upstream = createServer(() => {}).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  const leave = new AbortController();
  const forward = encodeURIComponent(`http://127.0.0.1:${port}/`);
  const answer = fetch(`${server.url}/api/forward?to=${forward}`, { signal: leave.signal });
  const [, response] = await once(upstream, "request");
  leave.abort();
  await expect(answer).rejects.toThrow("abort");
  await once(response, "close", { signal: AbortSignal.timeout(1_000) });
  upstream.close();
});

describe("the local D1", () => {
  test("a stop waits for late writes, and the next start finds them", async () => {
    await sql("create table notes (name text)");
    await text("/api/write-late");
    await restart();
    expect(await sql("select name from notes")).toEqual([{ name: "late" }]);
  });

  test("every migration of drizzle/ is applied once, in order", async () => {
    const files = await readdir(join(root, "drizzle"));
    const names = files.filter((file) => file.endsWith(".sql")).sort();
    await restart();
    const applied = await sql("select name from d1_migrations order by id");
    expect(applied).toEqual(names.map((name) => ({ name })));
  });

  test("a file that is replaced or deleted while it serves is opened again, and that is logged", async () => {
    await sql("create table kept (name text)");
    const file = await databaseFile(join(workspace, "data"));
    const other = new DatabaseSync(`${file}.other`);
    other.exec("create table kept (name text); insert into kept values ('of the other file')");
    other.close();
    await rename(`${file}.other`, file);
    await openedAgain(1);
    expect(await sql("select name from kept")).toEqual([{ name: "of the other file" }]);
    await rm(file);
    await openedAgain(2);
    expect(notices.map((text) => /replaced|deleted|open again/.exec(text)?.[0])).toEqual([
      ...["replaced", "open again", "deleted", "open again"],
    ]);
    expect(await text("/api/sql?query=select%20name%20from%20kept")).not.toContain("of the other");
    expect(await sql("select count(*) > 10 as migrated from d1_migrations")).toEqual([
      { migrated: 1 },
    ]);
  });

  test("a database of a newer version is not touched", async () => {
    await sql("insert into d1_migrations (name) values ('9999_from_the_future.sql')");
    await expect(restart()).rejects.toThrow("9999_from_the_future.sql");
  });
});

/** Another workerd is started for it. */
async function openedAgain(times: number): Promise<void> {
  const opened = () => notices.filter((text) => text.includes("open again")).length;
  await expect.poll(opened, { timeout: 25_000 }).toBe(times);
}

async function restart(): Promise<void> {
  await server.dispose();
  server = await startServer(options());
}

async function sql(query: string): Promise<unknown> {
  return (await fetch(`${server.url}/api/sql?query=${encodeURIComponent(query)}`)).json();
}

async function text(path: string, init?: RequestInit): Promise<string> {
  return (await fetch(`${server.url}${path}`, init)).text();
}

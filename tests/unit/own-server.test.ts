/** The files of `contrib/` and the page about them agree, and the server knows what they set. */
import { describe, expect, test } from "vitest";
import { VARIABLES } from "../../lib/env.ts";
import { readProxyConfig } from "../../lib/proxy/config.ts";
import { MAX_BODY_BYTES } from "../../lib/proxy/request/request-body.ts";
import { SERVER_VARIABLES, settingsFrom } from "../../scripts/settings.ts";
import { readDocument, snippet } from "../docs/markdown.ts";

const unit = readDocument("contrib/one-balance.service");
const nginx = readDocument("contrib/nginx.conf");
const caddy = readDocument("contrib/Caddyfile");

/** All values of a name, in order. */
const unitValues = (name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);
const environment = Object.fromEntries(
  unitValues("Environment").map((each) => each.split(/=(.*)/s, 2)),
);

test.each(["docs/own-server.md", "docs/zh/own-server.md"])(
  "%s shows the files as they are",
  (page) => {
    const markdown = readDocument(page);
    for (const file of ["one-balance.service", "nginx.conf", "Caddyfile"]) {
      expect(snippet(markdown, `made from contrib/${file}`)).toBe(readDocument(`contrib/${file}`));
    }
  },
);

test("the page's figure is the benchmark's", () => {
  const { rows } = JSON.parse(readDocument("bench/results/throughput.json"));
  const [row] = rows.filter(({ contender }: { contender: string }) => /, 10 keys/.test(contender));
  const hundreds = Math.floor(row.requestsPerSecond / 100) * 100;
  expect(readDocument("docs/own-server.md")).toContain(
    `about ${hundreds.toLocaleString("en")} requests per second`,
  );
});

describe("one-balance.service", () => {
  test("sets what the server reads, to what it takes", () => {
    const known: readonly string[] = [...SERVER_VARIABLES, ...VARIABLES];
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    const settings = settingsFrom(environment, {});
    expect(settings.dataDir).toBe(`/var/lib/${unitValues("StateDirectory")}`);
    expect(settings.trust.proxies.has("127.0.0.1")).toBe(true);
    expect(environment.HOST).toBe(settingsFrom({}, {}).host);
  });

  test("runs what package.json has, as its own user who may only write its data", () => {
    const [start = ""] = unitValues("ExecStart");
    const { scripts } = JSON.parse(readDocument("package.json"));
    expect(start).toBe("/usr/bin/npm start");
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["start", "build:server"]));
    expect(unitValues("User")).toEqual(["one-balance"]);
    expect(unitValues("ProtectSystem")).toEqual(["strict"]);
    expect(unitValues("ReadWritePaths")).toEqual([]);
    // V8 generates code while it runs.
    expect(unitValues("MemoryDenyWriteExecute")).toEqual([]);
  });
});

test("both proxies lead to where the service listens", () => {
  const address = `${environment.HOST}:${environment.PORT}`;
  expect(nginx).toContain(`server ${address};`);
  expect(caddy).toContain(`reverse_proxy ${address} {`);
});

test("nginx lets pass what the server takes, and waits for as long as it does", () => {
  const [, mebibytes] = /client_max_body_size (\d+)m;/.exec(nginx) ?? [];
  expect(Number(mebibytes) * 1024 * 1024).toBe(MAX_BODY_BYTES);
  expect(caddy).toContain(`max_size ${mebibytes}MiB`);
  const [, seconds] = /proxy_read_timeout (\d+)s;/.exec(nginx) ?? [];
  const { firstByteTimeoutMs } = readProxyConfig({}, null);
  expect(Number(seconds) * 1_000).toBeGreaterThan(2 * firstByteTimeoutMs);
});

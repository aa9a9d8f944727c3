/** `npm start` as a user sees it, on an existing build. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { builtActions, outcomeOf } from "../portal/actions.ts";

let dataDir = "";

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "one-balance-start-"));
});

const children: ChildProcess[] = [];
/** What a failed test left running. */
afterEach(() => {
  for (const { pid, exitCode, signalCode } of children.splice(0)) {
    if (exitCode === null && signalCode === null) process.kill(-Number(pid), "SIGKILL");
  }
});

afterAll(() => rm(dataDir, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  readonly exit: Promise<number | null>;
}

function start(environment: Readonly<Record<string, string>> = {}): Started {
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { ...process.env, AUTH_KEY: "", PORT: "0", DATA_DIR: dataDir, ...environment },
    // As in a terminal: signals can be sent to all of its processes at once.
    detached: true,
  });
  children.push(child);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const exit = once(child, "close").then(([exitCode]) => exitCode);
  return { child, output: () => output, exit };
}

async function served(started: Started): Promise<string> {
  const pattern = /serving at (http:\S+)/;
  await expect.poll(started.output, { timeout: 60_000 }).toMatch(/Press Ctrl-C to stop/);
  return pattern.exec(started.output())?.[1] ?? "";
}

const setupLink = (started: Started) =>
  /http:\S+\/setup\?token=[\w-]{43}/.exec(started.output())?.[0] ?? "";

describe("npm start", () => {
  // Each start takes seconds: what one of them shows is checked there.
  test("keeps the admin's token; prints a set-up link until there is an admin, a new one at each start", async () => {
    const first = start();
    const firstUrl = await served(first);
    expect(await (await fetch(`${firstUrl}/api/health`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(firstUrl)).text()).toContain("One Balance");
    const token = /\bob-[\w-]{43}\b/.exec(first.output())?.[0] ?? "";
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${firstUrl}/api/admin/provider-keys`, { headers })).status).toBe(200);
    const oldLink = setupLink(first);
    expect((await fetch(oldLink)).status).toBe(200);
    first.child.kill("SIGTERM");
    expect(await first.exit).toBe(0);
    await expect(fetch(`${firstUrl}/api/health`)).rejects.toThrow();

    const second = start();
    const url = await served(second);
    expect(second.output()).toContain(token);
    const link = setupLink(second);
    expect(link).not.toBe(oldLink);
    const setUp = builtActions().find(({ name }) => name === "setUp");
    const makeAdmin = (secret: string | null) =>
      fetch(`${url}/setup`, {
        method: "POST",
        headers: { "next-action": setUp?.id ?? "", origin: url, "content-type": "text/plain" },
        body: JSON.stringify([
          { name: "Ada", email: "ada@example.com", password: "a long password", secret },
        ]),
      }).then((answer) => answer.text());
    const tokenOf = (of: string) => new URL(of).searchParams.get("token");
    expect(outcomeOf(await makeAdmin(tokenOf(oldLink)))).toBe("invalid_input");
    expect(outcomeOf(await makeAdmin(tokenOf(link)))).toBe("ok");
    expect(outcomeOf(await makeAdmin(tokenOf(link)))).toBe("conflict");
    expect((await fetch(link)).status).toBe(404);
    // Ctrl-C reaches npm, its shell, the server and workerd at once.
    process.kill(-Number(second.child.pid), "SIGINT");
    expect(await second.exit).toBe(0);
    expect(first.output() + second.output()).not.toContain("Warning");
    expect(() => process.kill(-Number(second.child.pid), 0)).toThrow("ESRCH");
  }, 90_000);

  test("with an admin there is no set-up link; a given AUTH_KEY is used and not printed; HOST opens all addresses, with a warning", async () => {
    const started = start({ AUTH_KEY: "my-own-token", HOST: "0.0.0.0" });
    const url = await served(started);
    expect(started.output()).not.toContain("/setup");
    expect(started.output()).toMatch(/Portal: http/);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const headers = { authorization: "Bearer my-own-token" };
    // Not the default address, but one of this machine.
    for (const reached of [url, url.replace("127.0.0.1", "127.0.0.2")]) {
      expect((await fetch(`${reached}/api/admin/provider-keys`, { headers })).status).toBe(200);
    }
    expect(started.output()).not.toMatch(/my-own-token|\bob-/);
    expect(started.output()).toMatch(/Warning: other machines reach it.* plain HTTP/);
    started.child.kill("SIGINT");
    expect(await started.exit).toBe(0);
  });

  test("a taken port and a wrong setting are reported in one line", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = String(typeof address === "object" ? address?.port : "");
    const onTakenPort = start({ PORT: port });
    expect(await onTakenPort.exit).toBe(1);
    expect(onTakenPort.output()).toContain(
      `one-balance: port ${port} is already in use; set PORT to another\n`,
    );
    taken.close();

    const elsewhere = start({ HOST: "192.0.2.1" });
    expect(await elsewhere.exit).toBe(1);
    expect(elsewhere.output()).toContain(
      'one-balance: HOST must be an address of this machine, but is "192.0.2.1"\n',
    );

    const wrong = start({ AI_GATEWAY_URL: "not a url" });
    expect(await wrong.exit).toBe(1);
    expect(wrong.output()).toMatch(/one-balance: AI_GATEWAY_URL must be [^\n]+\n/);
    expect(wrong.output()).not.toContain("    at ");
  });
});

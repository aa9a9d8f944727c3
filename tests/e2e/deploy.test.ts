/**
 * `npm run deploy` and `npm run deploy:pages` against an account on loopback. What they "deploy" is a real server with
 * the same admin token, so that the final check is real.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "smol-toml";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { MODULE_REGISTRY_FLAG } from "../../scripts/build.ts";
import { secretId } from "../../scripts/deploy/secrets.ts";
import { root } from "../../scripts/root.ts";
import { type CloudflareStandIn, startCloudflareStandIn } from "./cloudflare-stand-in.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

// Each run starts Node a dozen times.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const keptFile = () => join(root, `.deploy/${cloudflare.accountId}-one-balance.json`);
/** The folder for what a run writes. */
const folder = () => join(root, `dist/deploy/${cloudflare.accountId}-one-balance`);
const configFile = () => join(folder(), "wrangler.toml");

let stack: Stack;
let cloudflare: CloudflareStandIn;
/** First on PATH; holds `wrangler`. */
let binDir = "";

beforeAll(async () => {
  stack = await startStack();
  binDir = await mkdtemp(join(tmpdir(), "one-balance-wrangler-"));
  await symlink(join(root, "tests/e2e/wrangler-stand-in.sh"), join(binDir, "wrangler"));
});
afterAll(async () => {
  await stack?.close();
  await rm(binDir, { recursive: true, force: true });
});
beforeEach(async () => {
  cloudflare = await startCloudflareStandIn();
  cloudflare.account.address = stack.url;
});
afterEach(async () => {
  await cloudflare.close();
  await rm(keptFile(), { force: true });
  await rm(folder(), { recursive: true, force: true });
});

interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
}

async function deploy(
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ["--no-warnings", join(root, "scripts/deploy.ts"), ...args],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: [binDir, process.env.PATH].join(delimiter),
        CLOUDFLARE_API_BASE_URL: cloudflare.apiUrl,
        CLOUDFLARE_ACCOUNT_ID: "",
        AI_GATEWAY_URL: "",
        AUTH_KEY: ADMIN_TOKEN,
        ...environment,
      },
    },
  );
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, output };
}

/** Calls that change something in the account. */
const changes = () =>
  cloudflare.calls.filter((call) =>
    /^POST|^wrangler (?:deploy|delete|d1 create|d1 migrations|pages (?:project|secret|deploy))/.test(
      call,
    ),
  );

const keptSecrets = async () => JSON.parse(await readFile(keptFile(), "utf8"));

describe("npm run deploy", () => {
  test("an empty account: everything is made, in order, checked, and the set-up link printed", async () => {
    const { exitCode, output } = await deploy();
    expect(output).toContain(`One Balance is deployed at ${stack.url}`);
    expect(exitCode).toBe(0);
    const uuid = cloudflare.account.databases[0]?.uuid;
    const config = `dist/deploy/${cloudflare.accountId}-one-balance/wrangler.toml`;
    expect(changes()).toEqual([
      `POST /accounts/${cloudflare.accountId}/ai-gateway/gateways`,
      "wrangler d1 create one-balance",
      `wrangler d1 migrations apply DB --remote --config ${config}`,
      expect.stringContaining(`wrangler deploy --config ${config} --secrets-file `),
    ]);
    expect(cloudflare.account.gateways.get("one-balance")).toMatchObject({
      byok_only: true,
      collect_logs: false,
      cache_ttl: 0,
    });
    const deployed = await readFile(configFile(), "utf8");
    expect(deployed).toContain(`database_id = "${uuid}"`);
    expect(deployed).toContain(
      `AI_GATEWAY_URL = "https://gateway.ai.cloudflare.com/v1/${cloudflare.accountId}/one-balance"`,
    );
    const secrets = cloudflare.account.workers.get("one-balance") ?? {};
    expect(Object.keys(secrets).toSorted()).toEqual([
      "AUTH_KEY",
      "AUTH_SECRET",
      "KEY_ENCRYPTION_SECRET",
      "SETUP_TOKEN",
    ]);
    expect(output).toContain(`${stack.url}/setup?token=${secrets.SETUP_TOKEN}`);
    expect(
      cloudflare.wranglerCalls.slice(1).every((call) => call.accountId === cloudflare.accountId),
    ).toBe(true);
  });

  test("the secrets it made are kept for their owner alone, and printed nowhere", async () => {
    const { output } = await deploy();
    const kept = await keptSecrets();
    const { SETUP_TOKEN: _, ...deployed } = cloudflare.account.workers.get("one-balance") ?? {};
    expect(kept).toEqual(deployed);
    expect((await stat(keptFile())).mode & 0o777).toBe(0o600);
    for (const secret of [kept.KEY_ENCRYPTION_SECRET, kept.AUTH_SECRET, ADMIN_TOKEN]) {
      expect(output).not.toContain(secret);
    }
    const secretsFile = /--secrets-file (\S+)/.exec(cloudflare.calls.join("\n"))?.[1] ?? "";
    expect(existsSync(secretsFile)).toBe(false);
  });

  test("a second run makes nothing again and leaves every secret as it is", async () => {
    await deploy();
    const before = cloudflare.account.workers.get("one-balance");
    const kept = await keptSecrets();
    cloudflare.account.stored.admins = 1;
    cloudflare.calls.length = 0;
    const { exitCode, output } = await deploy([], { AUTH_KEY: "" });
    expect(exitCode).toBe(0);
    expect(changes().map((call) => call.split(" --")[0])).toEqual([
      "wrangler d1 migrations apply DB",
      "wrangler deploy",
    ]);
    expect(cloudflare.account.workers.get("one-balance")).toEqual(before);
    expect(await keptSecrets()).toEqual(kept);
    expect(output).not.toContain("/setup?token=");
    expect(output).toContain("admin API: ok");
  });

  test("a run that stopped half-way is finished by the next, with the secrets it had made", async () => {
    const output = "✘ [ERROR] Received a malformed response from the API\n";
    cloudflare.account.failing = { command: /^deploy/, output };
    const first = await deploy();
    expect(first.exitCode).toBe(1);
    expect(first.output).toContain("Received a malformed response from the API");
    expect(first.output).not.toContain("    at ");
    const kept = await keptSecrets();

    cloudflare.account.failing = null;
    const second = await deploy();
    expect(second.exitCode).toBe(0);
    expect(cloudflare.account.databases).toHaveLength(1);
    expect(cloudflare.account.workers.get("one-balance")).toMatchObject(kept);
  });

  test("without permission for AI Gateway nothing is changed, and three ways out are shown; one is --no-gateway", async () => {
    cloudflare.account.forbidden = /ai-gateway/;
    const refused = await deploy();
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain("AI Gateway Edit");
    expect(refused.output).toContain("--no-gateway");
    expect(changes()).toEqual([]);

    expect((await deploy(["--no-gateway"])).exitCode).toBe(0);
    expect(await readFile(configFile(), "utf8")).toContain('AI_GATEWAY_URL = ""');
  });

  test("a missing permission is reported with what the token needs", async () => {
    cloudflare.account.forbidden = /wrangler d1 create/;
    const { exitCode, output } = await deploy();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/wrangler d1 create one-balance failed\n[\s\S]*D1 Edit/);
  });

  test("a gateway of another kind is left as it is, and a free name suggested", async () => {
    const billing = { id: "one-balance", byok_only: false };
    cloudflare.account.gateways.set("one-balance", billing);
    const refused = await deploy();
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toMatch(/to the account[\s\S]*AI_GATEWAY/);
    expect(changes()).toEqual([]);

    expect((await deploy([], { AI_GATEWAY: "my-pool" })).exitCode).toBe(0);
    expect(cloudflare.account.gateways.get("one-balance")).toEqual(billing);
    expect(await readFile(configFile(), "utf8")).toContain(`/v1/${cloudflare.accountId}/my-pool"`);
  });

  test("a gateway that asks for authentication needs AI_GATEWAY_TOKEN, which becomes a secret", async () => {
    const gateway = { id: "one-balance", byok_only: true, authentication: true };
    cloudflare.account.gateways.set("one-balance", gateway);
    expect((await deploy()).output).toContain("Set AI_GATEWAY_TOKEN");
    expect((await deploy([], { AI_GATEWAY_TOKEN: "fake-token" })).exitCode).toBe(0);
    expect(cloudflare.account.workers.get("one-balance")?.AI_GATEWAY_TOKEN).toBe("fake-token");
    expect((await deploy()).exitCode).toBe(0);
  });

  test("an encryption secret that would lose stored keys is rejected; a rotation is not", async () => {
    await deploy();
    const { KEY_ENCRYPTION_SECRET: old } = await keptSecrets();
    cloudflare.account.stored.secretIds = [secretId(old)];
    cloudflare.calls.length = 0;
    const refused = await deploy([], { KEY_ENCRYPTION_SECRET: "a new secret" });
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain("KEY_ENCRYPTION_SECRET_PREVIOUS");
    expect(refused.output).not.toContain("a new secret");
    expect((await keptSecrets()).KEY_ENCRYPTION_SECRET).toBe(old);

    const rotated = await deploy([], {
      KEY_ENCRYPTION_SECRET: "a new secret",
      KEY_ENCRYPTION_SECRET_PREVIOUS: old,
    });
    expect(rotated.exitCode).toBe(0);
    expect(cloudflare.account.workers.get("one-balance")).toMatchObject({
      KEY_ENCRYPTION_SECRET: "a new secret",
      KEY_ENCRYPTION_SECRET_PREVIOUS: old,
    });
    expect(await keptSecrets()).toMatchObject({ KEY_ENCRYPTION_SECRET_PREVIOUS: old });
  });

  test("a Worker that was deleted gets its kept secrets back, not new ones", async () => {
    await deploy();
    const kept = await keptSecrets();
    cloudflare.account.workers.clear();
    cloudflare.account.stored.secretIds = [secretId(kept.KEY_ENCRYPTION_SECRET)];
    expect((await deploy()).exitCode).toBe(0);
    expect(cloudflare.account.workers.get("one-balance")).toMatchObject(kept);
  });

  test("offline: one line with what to do", async () => {
    const { exitCode, output } = await deploy([], {
      CLOUDFLARE_API_BASE_URL: "http://127.0.0.1:1/client/v4",
      CLOUDFLARE_API_TOKEN: "fake",
      // The real wrangler.
      PATH: process.env.PATH ?? "",
    });
    expect(exitCode).toBe(1);
    expect(output).toContain("Cloudflare's API cannot be reached");
    expect(output).not.toContain("    at ");
  });

  test("not logged in: shows how", async () => {
    cloudflare.account.isLoggedIn = false;
    const { exitCode, output } = await deploy();
    expect(exitCode).toBe(1);
    expect(output).toContain("npx wrangler login");
    expect(output).toContain("CLOUDFLARE_API_TOKEN");
  });

  test("an admin token that the deployment doesn't know is reported", async () => {
    const { exitCode, output } = await deploy([], { AUTH_KEY: "another-token" });
    expect(exitCode).toBe(1);
    expect(output).toContain("does not know the admin token");
  });
});

describe("its objects", () => {
  const classesOf = (worker: string) =>
    [...(cloudflare.account.classes.get(worker)?.names ?? [])].sort();
  const both = ["LeaseObject", "PortalObject"];
  const companion = "one-balance-portal";
  const companionFile = () => join(folder(), "companion/wrangler.toml");

  test("on Workers: made, kept, taken away, made again", async () => {
    for (const [args, classes, bindings] of [
      [[], both, both],
      [[], both, both],
      [["--no-object"], ["LeaseObject"], ["LeaseObject"]],
      [["--no-object", "--no-leases"], ["LeaseObject"], []],
      [["--no-leases"], both, ["PortalObject"]],
      [[], both, both],
    ] as const) {
      const { exitCode, output } = await deploy([...args]);
      expect(exitCode, output).toBe(0);
      expect(classesOf("one-balance")).toEqual(classes);
      const bound = (await readFile(configFile(), "utf8")).matchAll(/class_name = "(\w+)"/g);
      expect([...bound].map(([, name]) => name).sort()).toEqual(bindings);
    }
  });

  test("on Pages: a companion without an address holds it, with all that the project knows; taken away, it is deleted", async () => {
    const github = { GITHUB_ID: "id", GITHUB_SECRET: "github-secret" };
    const first = await deploy(["--pages"], { ...github, PORTAL_LOCATION: "weur" });
    expect(first.exitCode, first.output).toBe(0);
    const order = changes().map((call) => call.split(" --")[0]);
    expect(order.indexOf("wrangler deploy")).toBeLessThan(order.indexOf("wrangler pages deploy"));
    expect(classesOf(companion)).toEqual(both);
    expect(cloudflare.account.workers.get(companion)).toEqual(
      cloudflare.account.projects.get("one-balance"),
    );
    const config = parse(await readFile(companionFile(), "utf8"));
    expect(config).toMatchObject({
      name: companion,
      workers_dev: false,
      triggers: { crons: ["*/15 * * * *"] },
    });
    expect(config).toMatchObject({ vars: { PORTAL_LOCATION: "weur" } });
    expect(config).not.toHaveProperty("assets");
    const pages = () => readFile(join(folder(), "pages/wrangler.toml"), "utf8");
    expect(parse(await pages())).toMatchObject({
      durable_objects: {
        bindings: [
          { name: "PORTAL", class_name: "PortalObject", script_name: companion },
          { name: "LEASES", class_name: "LeaseObject", script_name: companion },
        ],
      },
      vars: { PORTAL_LOCATION: "weur" },
    });

    cloudflare.account.stored.admins = 1;
    const second = await deploy(["--pages"]);
    expect(second.exitCode, second.output).toBe(0);
    expect(cloudflare.account.workers.get(companion)).toMatchObject(github);

    cloudflare.calls.length = 0;
    const third = await deploy(["--pages", "--no-object"]);
    expect(third.exitCode, third.output).toBe(0);
    expect(changes().at(-1)).toBe(`wrangler delete ${companion} --force`);
    expect(cloudflare.account.workers.has(companion)).toBe(false);
    expect(await pages()).not.toMatch(/PORTAL"|LEASES"/);
  });

  test("on Pages: a secret that the project has and that is lost is requested before anything is deployed", async () => {
    cloudflare.account.projects.set("one-balance", { GOOGLE_SECRET: "set in the dashboard" });
    const refused = await deploy(["--pages"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toMatch(/GOOGLE_SECRET[\s\S]*--no-object/);
    expect(changes().join("\n")).not.toMatch(/wrangler (?:pages )?deploy/);
    expect((await deploy(["--pages"], { GOOGLE_SECRET: "again" })).exitCode).toBe(0);
  });

  test.each([
    ["Workers", []],
    ["Pages", ["--pages"]],
  ])(
    "on %s: a platform that rejects the module registry's flag gets the same without it",
    async (_, args) => {
      cloudflare.account.unknownFlag = MODULE_REGISTRY_FLAG;
      const { exitCode, output } = await deploy(args);
      expect(exitCode, output).toBe(0);
      expect(output).toContain("isolates start more slowly");
      const config = args.length > 0 ? join(folder(), "pages/wrangler.toml") : configFile();
      expect(await readFile(config, "utf8")).not.toContain(MODULE_REGISTRY_FLAG);
      cloudflare.account.unknownFlag = null;
      await deploy(args);
      expect(await readFile(config, "utf8")).toContain(MODULE_REGISTRY_FLAG);
    },
  );
});

describe("-- --dry-run", () => {
  test("looks, tells every step and changes nothing", async () => {
    cloudflare.account.databases.push({ uuid: crypto.randomUUID(), name: "one-balance" });
    const { exitCode, output } = await deploy(["--dry-run"]);
    expect(exitCode).toBe(0);
    expect(changes()).toEqual([]);
    expect(existsSync(keptFile())).toBe(false);
    expect(existsSync(configFile())).toBe(false);
    for (const step of [
      /would run: POST \/accounts\/\w+\/ai-gateway\/gateways/,
      /D1 database one-balance is there/,
      /would run: wrangler d1 migrations apply/,
      /would run: wrangler deploy/,
      /would run: GET .*\/api\/health/,
      /Dry run: nothing was changed/,
    ]) {
      expect(output).toMatch(step);
    }
    expect(output).not.toContain("would run: wrangler d1 create");
  });

  test("needs no login", async () => {
    cloudflare.account.isLoggedIn = false;
    const { exitCode, output } = await deploy(["--dry-run"]);
    expect(exitCode).toBe(0);
    expect(output).toContain("would run: wrangler d1 create one-balance");
    expect(cloudflare.calls).toEqual(["wrangler whoami --json"]);
  });
});

describe("npm run deploy:pages", () => {
  test("an empty account gets project, secrets and then the folder; a second run only deploys", async () => {
    const first = await deploy(["--pages"]);
    expect(first.output).toContain("One Balance is deployed at https://one-balance.pages.dev");
    expect(first.exitCode).toBe(0);
    const withoutFile = (call: string) => call.replace(/\S+secrets\.json/, "{file}");
    expect(changes().slice(-3).map(withoutFile)).toEqual([
      "wrangler pages project create one-balance --production-branch main --force",
      "wrangler pages secret bulk {file} --project-name one-balance",
      "wrangler pages deploy --project-name one-balance --branch main --no-bundle --commit-dirty",
    ]);
    const secrets = cloudflare.account.projects.get("one-balance") ?? {};
    expect(await keptSecrets()).toMatchObject({ AUTH_KEY: secrets.AUTH_KEY });
    expect(first.output).toContain(
      `https://one-balance.pages.dev/setup?token=${secrets.SETUP_TOKEN}`,
    );

    const before = { ...secrets };
    cloudflare.account.stored.admins = 1;
    cloudflare.calls.length = 0;
    const second = await deploy(["--pages"], { AUTH_KEY: "" });
    expect(second.exitCode).toBe(0);
    expect(changes().map((call) => call.split(" --")[0])).toEqual([
      "wrangler d1 migrations apply DB",
      "wrangler deploy",
      "wrangler pages deploy",
    ]);
    expect(cloudflare.account.projects.get("one-balance")).toEqual(before);
  });

  test("the folder is whole: site, Worker, routes that leave files to Pages, and a configuration of its own", async () => {
    await deploy(["--pages"]);
    const call = cloudflare.wranglerCalls.find(({ args }) => args[1] === "deploy");
    expect(call?.cwd).toBe(join(folder(), "pages"));
    const read = (file: string) => readFile(join(join(folder(), "pages"), file), "utf8");
    const config = await read("wrangler.toml");
    expect(config).toContain('pages_build_output_dir = "site"');
    expect(config).toContain(`database_id = "${cloudflare.account.databases[0]?.uuid}"`);
    expect(config).not.toMatch(/^(?:main|assets|account_id|triggers|keep_vars)\b/m);
    const routes = JSON.parse(await read("site/_routes.json"));
    expect(routes.include).toEqual(["/*"]);
    expect(routes.exclude).toContain("/_next/static/*");
    for (const module of ["index.js", "portal.js"]) {
      expect(existsSync(join(folder(), "pages/site/_worker.js", module))).toBe(true);
    }
  });
});

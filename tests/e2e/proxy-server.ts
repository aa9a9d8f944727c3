/**
 * The Worker's entry alone on workerd, bundled in a second: proxied paths only, because nothing that Next serves is
 * requested. For tests and benchmarks of how the proxy uses its store.
 * @module
 */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare, NoOpLog } from "miniflare";
import { parse } from "smol-toml";
import { applyMigrations } from "../../scripts/migrate.ts";
import { root } from "../../scripts/root.ts";
import { newDataFolder } from "./data-folder.ts";

export interface ProxyServerOptions {
  /** A module whose default export is the Worker; it may import `worker.ts`. */
  readonly entry: string;
  readonly vars: Readonly<Record<string, string>>;
  /** Gets every line that the Worker logs as an error. */
  readonly onError?: (message: string) => void;
  readonly minify?: boolean;
  /** Whether objects of the portal's class are bound (default: no). They run in another isolate. */
  readonly hasObject?: boolean;
}

export interface ProxyServer {
  readonly url: string;
  /** The size of the bundle, in bytes. */
  readonly size: number;
  readonly database: Awaited<ReturnType<Miniflare["getD1Database"]>>;
  close(): Promise<void>;
}

const PORTAL = { type: "durable-object", worker: "objects", exportName: "PortalObject" } as const;

/** Modules that come with the runtime, and the portal, which receives no requests. */
const EXTERNAL = ["cloudflare:*", "node:*", "#open-next"];

export async function startProxyServer(options: ProxyServerOptions): Promise<ProxyServer> {
  const dataDir = await newDataFolder("one-balance-proxy-");
  const script = await bundleWorker(options.entry, options.minify ?? false);
  const config = parse(await readFile(join(root, "wrangler.toml"), "utf8"));
  const runtime = {
    compatibilityDate: String(config.compatibility_date),
    compatibilityFlags: (config.compatibility_flags as readonly string[]).map(String),
    manifest: {
      mainModule: "worker.js",
      modulesRoot: "/",
      modules: { "worker.js": { type: "esm" as const, contents: script } },
    },
  };
  const env = {
    ...Object.fromEntries(
      Object.entries(options.vars).map(([name, value]) => [name, { type: "text" as const, value }]),
    ),
    DB: { type: "d1" as const, id: "DB" },
  };
  const { hasObject = false } = options;
  const objects = {
    config: {
      ...runtime,
      name: "objects",
      env,
      exports: { PortalObject: { type: "durable-object" as const, storage: "sqlite" as const } },
    },
  };
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    log: new NoOpLog(),
    handleStructuredLogs: ({ level, message }) => {
      if (level === "error") options.onError?.(message);
    },
    // Would be fetched from the internet.
    cf: false,
    enableDevRegistry: false,
    resourcePersistencePath: dataDir,
    workers: [
      {
        config: { ...runtime, name: "proxy", env: { ...env, ...(hasObject && { PORTAL }) } },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }], stripCfConnectingIp: false },
      },
      ...(hasObject ? [objects] : []),
    ],
  });
  await miniflare.ready;
  const database = await miniflare.getD1Database("DB", "proxy");
  await applyMigrations(database);
  const url = await miniflare.unsafeGetDirectURL("proxy");
  return {
    url: url.origin,
    size: Buffer.byteLength(script),
    database,
    async close() {
      await miniflare.dispose();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function bundleWorker(entry: string, minify: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    conditions: ["workerd", "worker", "browser"],
    external: EXTERNAL,
    minify,
    logLevel: "warning",
    absWorkingDir: root,
  });
  const [output] = outputFiles;
  if (output === undefined || !existsSync(entry)) throw new Error(`nothing was built of ${entry}`);
  return output.text;
}

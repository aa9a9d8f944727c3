/**
 * workerd with the built Worker and the local D1, migrated.
 * @module
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { Miniflare, NoOpLog } from "miniflare";
import { LOCAL_DOOR, type WorkerConfig } from "./build.ts";
import { applyMigrations } from "./migrate.ts";
import { root } from "./root.ts";
import type { ServerOptions } from "./serve.ts";

export interface Workerd {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Of each isolate of the Worker, this one first. */
  readonly ports: readonly number[];
  readonly database: D1Database;
  close(): Promise<void>;
}

/** The Worker behind `scripts/local/local-door.ts`. @param originHeader see `newOriginHeader` */
const localEntry = (originHeader: string) => `
import worker from "./worker.js";
import { localDoor } from "./local-door.js";
export * from "./worker.js";
export default { ...worker, ...localDoor(worker, "${originHeader}") };
`;

const OBJECT_WORKER = "one-balance-portal";
const PORTAL = {
  type: "durable-object",
  worker: OBJECT_WORKER,
  exportName: "PortalObject",
} as const;

const LEASES = {
  type: "durable-object",
  worker: OBJECT_WORKER,
  exportName: "LeaseObject",
} as const;

/** Serves requests without an asset, because workerd requires a script for the asset Worker. */
const NO_ASSET = `export default { fetch: () => new Response(null, { status: 404 }) };`;

const MODULE_TYPES = {
  ".js": "esm",
  ".mjs": "esm",
  ".wasm": "wasm",
  ".bin": "data",
  ".txt": "text",
  ".html": "text",
} as const;

/** @param originHeader see `newOriginHeader` */
export async function openWorkerd(options: ServerOptions, originHeader: string): Promise<Workerd> {
  const config: WorkerConfig = JSON.parse(
    await readFile(join(root, "dist/worker-config.json"), "utf8"),
  );
  const runtime = {
    compatibilityDate: config.compatibilityDate,
    compatibilityFlags: [...config.compatibilityFlags],
  };
  const workerDir = resolve(options.workerDir ?? join(root, "dist/worker"));
  const assetsDir = resolve(options.assetsDir ?? join(root, ".open-next/assets"));
  const modules = await readModules(workerDir);
  const localDoor = await readFile(join(root, LOCAL_DOOR), "utf8");
  // No plan limits CPU here, and an object would be one more hop for each frame and each piece.
  const vars = { WEBSOCKETS: "worker", CONVERTED_STREAMS: "worker", ...options.vars };
  const bindings = { ...textBindings(vars), DB: { type: "d1", id: "DB" } } as const;
  const { "portal.js": portal, ...proxyModules } = modules;
  const hasObject = options.hasObject ?? portal !== undefined;
  const hasLeases = options.hasLeases ?? false;
  const isolateNames = Array.from({ length: options.isolates ?? 1 }, (_, index) =>
    index === 0 ? "one-balance" : `one-balance-${index + 1}`,
  );
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    log: new NoOpLog(),
    handleStructuredLogs: ({ level, message }) => (options.onLog ?? logProblem)(level, message),
    // Would be fetched from the web.
    cf: false,
    enableDevRegistry: false,
    resourcePersistencePath: resolve(options.dataDir),
    workers: [
      ...isolateNames.map(proxyWorker),
      ...(hasObject || hasLeases ? [objectWorker()] : []),
      {
        config: {
          ...runtime,
          name: "assets",
          manifest: {
            mainModule: "no-asset.js",
            modules: { "no-asset.js": { type: "esm", contents: NO_ASSET } },
          },
          assets: { directory: assetsDir },
        },
      },
    ],
  });

  function proxyWorker(name: string) {
    return {
      config: {
        ...runtime,
        name,
        manifest: {
          mainModule: "local-entry.js",
          modulesRoot: workerDir,
          modules: {
            "local-entry.js": { type: "esm" as const, contents: localEntry(originHeader) },
            "local-door.js": { type: "esm" as const, contents: localDoor },
            // With an object only that runs the portal, and workerd needn't read so much for each isolate.
            ...(hasObject ? proxyModules : modules),
          },
        },
        env: {
          ...bindings,
          ASSETS: { type: "worker" as const, worker: "assets" },
          ...(hasObject && { PORTAL }),
          ...(hasLeases && { LEASES }),
        },
      },
      dev: {
        // Requests reach the Worker directly from workerd's socket.
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        stripCfConnectingIp: false,
      },
    };
  }

  /** A separate Worker, and so another isolate: as on Cloudflare, where the object usually runs elsewhere. */
  function objectWorker() {
    return {
      config: {
        ...runtime,
        name: OBJECT_WORKER,
        manifest: { mainModule: "worker.js", modulesRoot: workerDir, modules },
        env: { ...bindings, PORTAL, ...(hasLeases && { LEASES }) },
        exports: {
          PortalObject: { type: "durable-object", storage: "sqlite" },
          LeaseObject: { type: "durable-object", storage: "sqlite" },
        },
      },
    } as const;
  }

  try {
    await miniflare.ready;
    const database = await miniflare.getD1Database("DB", "one-balance");
    await applyMigrations(database);
    const urls = await Promise.all(isolateNames.map((name) => miniflare.unsafeGetDirectURL(name)));
    const ports = urls.map(({ port }) => Number(port));
    return { port: ports[0] ?? 0, ports, database, close: () => miniflare.dispose() };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

async function readModules(workerDir: string) {
  if (!existsSync(join(workerDir, "worker.js"))) throw new Error(`no worker.js in ${workerDir}`);
  const modules: Record<
    string,
    {
      type: (typeof MODULE_TYPES)[keyof typeof MODULE_TYPES];
      contents: string | Uint8Array<ArrayBuffer>;
    }
  > = {};
  for (const name of await readdir(workerDir)) {
    const extension = extname(name);
    if (!isModuleExtension(extension)) continue;
    const contents = await readFile(join(workerDir, name));
    const type = MODULE_TYPES[extension];
    const isBinary = type === "wasm" || type === "data";
    modules[name] = { type, contents: isBinary ? new Uint8Array(contents) : contents.toString() };
  }
  return modules;
}

function isModuleExtension(extension: string): extension is keyof typeof MODULE_TYPES {
  return extension in MODULE_TYPES;
}

function textBindings(vars: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [name, { type: "text" as const, value }]),
  );
}

function logProblem(level: string, message: string): void {
  if (level === "error" || level === "warn") console.error(message);
}

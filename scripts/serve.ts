/**
 * Serves the built Worker on workerd, without wrangler's dev proxy: `npm start`, the tests and the
 * benchmarks all run through here.
 * @module
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Miniflare, NoOpLog } from "miniflare";
import { LOCAL_DOOR, type WorkerConfig } from "./build.ts";
import { startFront } from "./front/start-front.ts";
import { loopbackTrust, type Trust } from "./front/trusted-proxies.ts";
import { hasAdmin } from "./has-admin.ts";
import { DEFAULT_HOST, localUrl } from "./listen-address.ts";
import { newOriginHeader } from "./local/origin-field.ts";
import { applyMigrations } from "./migrate.ts";
import { keepPrivate } from "./private-folder.ts";
import { root } from "./root.ts";

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Name or address to listen on (default 127.0.0.1). */
  readonly host?: string;
  /** Whose word on a request's origin is believed (default: programs of this machine). */
  readonly trust?: Trust;
  /** Folder of the local D1; made where missing. */
  readonly dataDir: string;
  /** Environment variables of the Worker. */
  readonly vars: Readonly<Record<string, string>>;
  /** Static files (default `.open-next/assets`). */
  readonly assetsDir?: string;
  /** Folder with `worker.js` and the modules it imports (default `dist/worker`). */
  readonly workerDir?: string;
  /** Whether the portal runs in its object; without it the Worker does the portal's work. Default: where there is a portal. */
  readonly hasObject?: boolean;
  /** Gets every line the Worker logs. Default: warnings and errors go to stderr. */
  readonly onLog?: (level: string, message: string) => void;
}

export interface RunningServer {
  /** Works on this machine: `http://127.0.0.1:8787` */
  readonly url: string;
  readonly listensOn: { readonly address: string; readonly port: number };
  /** workerd's own socket, without the TCP front: for measuring. */
  readonly workerUrl: string;
  /** Whether the team has an admin; while not, the portal's set-up page is open. */
  hasAdmin(): Promise<boolean>;
  /** Lets pending writes settle, then stops workerd. May be called again. */
  dispose(): Promise<void>;
}

/** The Worker writes its state at most one second after a response; stopping waits for that. */
const SETTLE_MS = 1_200;

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

/** Serves asset-less requests of the asset Worker, which workerd wants to have a script. */
const NO_ASSET = `export default { fetch: () => new Response(null, { status: 404 }) };`;

const MODULE_TYPES = {
  ".js": "esm",
  ".mjs": "esm",
  ".wasm": "wasm",
  ".bin": "data",
  ".txt": "text",
  ".html": "text",
} as const;

/** Migrates the local D1 and serves. Any number of servers may run at once, each on its own `dataDir`. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  await keepPrivate(resolve(options.dataDir));
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
  const originHeader = newOriginHeader();
  const bindings = { ...textBindings(options.vars), DB: { type: "d1", id: "DB" } } as const;
  const hasObject = options.hasObject ?? "portal.js" in modules;
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
      {
        config: {
          ...runtime,
          name: "one-balance",
          manifest: {
            mainModule: "local-entry.js",
            modulesRoot: workerDir,
            modules: {
              "local-entry.js": { type: "esm", contents: localEntry(originHeader) },
              "local-door.js": { type: "esm", contents: localDoor },
              ...modules,
            },
          },
          env: {
            ...bindings,
            ASSETS: { type: "worker", worker: "assets" },
            ...(hasObject && { PORTAL }),
          },
        },
        dev: {
          // Requests reach the Worker straight from workerd's socket.
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
          stripCfConnectingIp: false,
        },
      },
      ...(hasObject ? [objectWorker()] : []),
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

  /** A Worker of its own, and so another isolate: as on Cloudflare, where the object is mostly elsewhere. */
  function objectWorker() {
    return {
      config: {
        ...runtime,
        name: OBJECT_WORKER,
        manifest: { mainModule: "worker.js", modulesRoot: workerDir, modules },
        env: { ...bindings, PORTAL },
        exports: { PortalObject: { type: "durable-object", storage: "sqlite" } },
      },
    } as const;
  }

  try {
    await miniflare.ready;
    const database = await miniflare.getD1Database("DB", "one-balance");
    await applyMigrations(database);
    const workerUrl = await miniflare.unsafeGetDirectURL("one-balance");
    const host = options.host ?? DEFAULT_HOST;
    const front = await startFront({
      port: options.port,
      host,
      workerPort: Number(workerUrl.port),
      trust: options.trust ?? loopbackTrust(),
      originHeader,
    });
    const stop = async () => {
      front.stopListening();
      await sleep(SETTLE_MS);
      front.close();
      await miniflare.dispose();
    };
    let stopped: Promise<void> | undefined;
    return {
      url: localUrl(host, front.port),
      listensOn: { address: front.address, port: front.port },
      workerUrl: workerUrl.origin,
      hasAdmin: () => hasAdmin(database),
      dispose: () => {
        stopped ??= stop();
        return stopped;
      },
    };
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

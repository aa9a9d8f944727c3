/**
 * Serves the built Worker on workerd, without wrangler's dev proxy: `npm start`, the tests and the benchmarks all run
 * through here.
 * @module
 */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DatabaseChange,
  databaseFile,
  watchDatabase,
  withoutLeftovers,
} from "./database-watch.ts";
import { startFront } from "./front/start-front.ts";
import { loopbackTrust, type Trust } from "./front/trusted-proxies.ts";
import { hasAdmin } from "./has-admin.ts";
import { DEFAULT_HOST, localUrl } from "./listen-address.ts";
import { newOriginHeader } from "./local/origin-field.ts";
import { openWorkerd, type Workerd } from "./open-workerd.ts";
import { keepPrivate } from "./private-folder.ts";

export interface ServerOptions {
  /** 0 selects a free one. */
  readonly port: number;
  /** Name or address to listen on (default 127.0.0.1). */
  readonly host?: string;
  /** Which proxies are trusted to report a request's origin (default: programs on this machine). */
  readonly trust?: Trust;
  /** Folder of the local D1; created if missing. */
  readonly dataDir: string;
  /** Environment variables of the Worker. */
  readonly vars: Readonly<Record<string, string>>;
  /** Static files (default `.open-next/assets`). */
  readonly assetsDir?: string;
  /** Folder with `worker.js` and the modules it imports (default `dist/worker`). */
  readonly workerDir?: string;
  /**
   * Whether the portal runs in its object; without it the Worker does the portal's work. Default: if there is a portal.
   */
  readonly hasObject?: boolean;
  /** How many isolates of the Worker share one D1, as on Cloudflare (default 1); the front uses the first. */
  readonly isolates?: number;
  /** Whether objects hand out leases of shared limits; default: no, because a single isolate shares with none. */
  readonly hasLeases?: boolean;
  /** Receives a sentence for the operator (default: stderr). */
  readonly onNotice?: (text: string) => void;
  /** Receives every line that the Worker logs. Default: warnings and errors go to stderr. */
  readonly onLog?: (level: string, message: string) => void;
}

export interface RunningServer {
  /** Works on this machine: `http://127.0.0.1:8787` */
  readonly url: string;
  readonly listensOn: { readonly address: string; readonly port: number };
  /** workerd's own socket, without the TCP front: for measurements. */
  readonly workerUrl: string;
  /** The same for every isolate. */
  readonly isolateUrls: readonly string[];
  /** Whether the team has an admin; until then, the portal's set-up page is open. */
  hasAdmin(): Promise<boolean>;
  /** The local D1 that is currently open. */
  readonly database: Workerd["database"];
  /** Lets pending writes settle, then stops workerd. May be called again. */
  dispose(): Promise<void>;
}

/** The Worker writes its state at most one second after a response; stopping waits for that. */
const SETTLE_MS = 1_200;

const REOPEN_AFTER_MS = 2_000;

const NOTICES: Readonly<Record<DatabaseChange, string>> = {
  deleted:
    "The database was deleted while it was in use, so it starts empty. Restart the server for a set-up link.",
  replaced: "The database was replaced while it was in use, so it is opened again.",
  "read-only":
    "The database can no longer be written. Requests are served, but what is counted or changed may be lost.",
  writable: "The database can be written again.",
};

/** Migrates the local D1 and serves. Any number of servers may run at once, each with its own `dataDir`. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const dataDir = resolve(options.dataDir);
  await keepPrivate(dataDir);
  const originHeader = newOriginHeader();
  const notice = options.onNotice ?? console.error;
  let workerd = await openWorkerd(options, originHeader);
  /** While the database is opened again, connections wait for it. */
  let opening: Promise<Workerd> | null = null;
  let isStopping = false;

  async function reopen(prepare: () => Promise<void>): Promise<Workerd> {
    await workerd.close();
    await prepare();
    for (;;) {
      try {
        workerd = await openWorkerd(options, originHeader);
        return workerd;
      } catch (error) {
        if (isStopping) throw error;
        notice(`The database cannot be opened: ${String(error)}`);
        await sleep(REOPEN_AFTER_MS);
      }
    }
  }

  async function onChange(change: DatabaseChange): Promise<void> {
    notice(NOTICES[change]);
    if (change === "read-only") return;
    if (change === "writable" && (await canWrite(workerd.database))) return;
    opening = reopen(() => withoutLeftovers(watch));
    await opening;
    opening = null;
    notice("The database is open again.");
  }

  const host = options.host ?? DEFAULT_HOST;
  const front = await startFront({
    port: options.port,
    host,
    workerPort: () => opening?.then(({ port }) => port) ?? workerd.port,
    trust: options.trust ?? loopbackTrust(),
    originHeader,
  }).catch(async (error: unknown) => {
    await workerd.close();
    throw error;
  });
  const watch = watchDatabase(await databaseFile(dataDir), onChange);

  const stop = async () => {
    isStopping = true;
    watch.stop();
    front.stopListening();
    await sleep(SETTLE_MS);
    front.close();
    await opening?.catch(() => undefined);
    await workerd.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: localUrl(host, front.port),
    listensOn: { address: front.address, port: front.port },
    workerUrl: `http://127.0.0.1:${workerd.port}`,
    isolateUrls: workerd.ports.map((port) => `http://127.0.0.1:${port}`),
    hasAdmin: () => hasAdmin(workerd.database),
    get database() {
      return workerd.database;
    },
    dispose: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Writes something that is rolled back at once; D1 counts a statement that changes nothing as no write. */
async function canWrite(database: Workerd["database"]): Promise<boolean> {
  const probe = (sql: string) => database.prepare(sql);
  return database
    .batch([probe("create table write_probe (x integer)"), probe("drop table write_probe")])
    .then(
      () => true,
      () => false,
    );
}

/**
 * The whole environment of a test file: a fake upstream and the production build (see `build-once.ts`), with its own
 * data folder. The build runs on workerd as `npm start` serves it, or on wrangler's own servers if `PLATFORM` says
 * `workers` or `pages`; files that need a special Worker always use the former.
 * @module
 */
import { rm } from "node:fs/promises";
import type { Trust } from "../../scripts/front/trusted-proxies.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import {
  type FakeUpstream,
  type FakeUpstreamOptions,
  type KnownKeys,
  startFakeUpstream,
} from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";
import { fillDataFolder, newDataFolder } from "./data-folder.ts";
import { emptyServer } from "./empty-server.ts";
import { type Platform, startPlatformServer } from "./platform-server.ts";

/** An access token without limits, and the admin token. */
export const ADMIN_TOKEN = "test-admin-token";

export interface StackOptions {
  /** Variables of the Worker besides the secrets and the gateway's address. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly upstream?: FakeUpstreamOptions;
  /** Served instead of the build's folder. */
  readonly workerDir?: string;
  /** Whether the portal runs in its object, as deployed (the default), or in the Worker. */
  readonly hasObject?: boolean;
  /** The number of isolates of the Worker on one D1 (default 1). */
  readonly isolates?: number;
  /** Whether objects hand out leases (default: no). */
  readonly hasLeases?: boolean;
  /** Whose reports of a request's origin are trusted (default: this machine's programs). */
  readonly trust?: Trust;
  /** Gets every line the Worker logs. */
  readonly onLog?: (level: string, message: string) => void;
  /** Default: what `PLATFORM` says, otherwise `npm start`'s own server. */
  readonly platform?: Platform | undefined;
  /** SQL that is run on the migrated database before a platform serves it. */
  readonly prepare?: string;
}

export interface Stack {
  readonly upstream: FakeUpstream;
  readonly admin: AdminApi;
  /** Of the server, without a trailing slash; changes with a restart. */
  readonly url: string;
  /** Of each isolate, past the server's front; change with a restart. */
  readonly isolateUrls: readonly string[];
  /** Stops the server and starts it again on the same data, with these variables in addition. */
  restart(vars?: StackOptions["vars"]): Promise<void>;
  /**
   * Removes everything from the database and the upstream, for other tests to start from: compiling the portal again
   * would cost ten seconds of CPU. Isolates keep what they learned about providers, but not about keys.
   * @param known The upstream's keys from now on; default: those that it had at first.
   */
  empty(known?: KnownKeys): Promise<void>;
  close(): Promise<void>;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const upstream = await startFakeUpstream(options.upstream);
  const dataDir = await newDataFolder();
  const platform = options.platform ?? platformOf(options);
  let local: RunningServer | undefined;
  const serve = async (more: StackOptions["vars"] = {}) => {
    const vars = {
      AUTH_KEY: ADMIN_TOKEN,
      AUTH_SECRET: "test-session-secret",
      KEY_ENCRYPTION_SECRET: "test-encryption-secret",
      AI_GATEWAY_URL: upstream.gatewayUrl,
      ...options.vars,
      ...more,
    };
    if (platform !== undefined) {
      const { hasObject = true, prepare } = options;
      return startPlatformServer({
        platform,
        hasObject,
        dataDir,
        vars,
        ...(prepare !== undefined && { prepare }),
      });
    }
    local = await startServer({
      port: 0,
      dataDir,
      vars,
      ...(options.workerDir && { workerDir: options.workerDir }),
      ...(options.hasObject !== undefined && { hasObject: options.hasObject }),
      ...(options.isolates !== undefined && { isolates: options.isolates }),
      ...(options.hasLeases !== undefined && { hasLeases: options.hasLeases }),
      ...(options.trust && { trust: options.trust }),
      ...(options.onLog && { onLog: options.onLog }),
    });
    return local;
  };
  let server = await serve();
  let isAsStarted = true;
  return {
    upstream,
    admin: new AdminApi(() => server.url, ADMIN_TOKEN),
    get url() {
      return server.url;
    },
    get isolateUrls() {
      return local?.isolateUrls ?? [server.url];
    },
    async restart(vars) {
      isAsStarted &&= vars === undefined;
      await server.dispose();
      server = await serve(vars);
    },
    async empty(known) {
      upstream.forget(known);
      if (local !== undefined && isAsStarted) return emptyServer(local);
      await server.dispose();
      await rm(dataDir, { recursive: true, force: true });
      await fillDataFolder(dataDir);
      server = await serve();
      isAsStarted = true;
    },
    async close() {
      await Promise.all([server.dispose(), upstream.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The stack of this process that files share; null until one has closed it, and while one is using it. */
let shared: Stack | null = null;

/**
 * A stack for a file that needs no server of its own, without what isolates learn about providers from errors: it is
 * the one that an earlier file closed, emptied. To start one, and to have it compile what it serves, takes three and a
 * half seconds of CPU. It ends with the process.
 */
export async function sharedStack(known: KnownKeys = {}): Promise<Stack> {
  const closed = shared;
  shared = null;
  const stack = closed ?? (await startStack({ upstream: known }));
  if (closed !== null) await stack.empty(known);
  if (process.env.PLATFORM) return stack;
  return {
    ...{ upstream: stack.upstream, admin: stack.admin },
    ...{ restart: stack.restart, empty: stack.empty },
    get url() {
      return stack.url;
    },
    get isolateUrls() {
      return stack.isolateUrls;
    },
    async close() {
      shared = stack;
    },
  };
}

/** Empties the pools of these providers, so that tests on one stack start alike. */
export async function removeKeys({ admin }: Stack, providers: readonly string[]): Promise<void> {
  for (const provider of providers) {
    await admin.call("POST", "provider-keys/delete", { filter: { provider } });
  }
}

/** What `PLATFORM` selects; wrangler's servers take no other Worker, and report neither log lines nor peers. */
function platformOf({ workerDir, trust, onLog }: StackOptions): Platform | undefined {
  const asked = process.env.PLATFORM;
  if (asked === undefined || asked === "") return undefined;
  if (asked !== "workers" && asked !== "pages") throw new Error(`PLATFORM is ${asked}`);
  return (workerDir ?? trust ?? onLog) ? undefined : asked;
}

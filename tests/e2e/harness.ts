/**
 * One whole set-up for a test file: a fake upstream, and the production build (see `build-once.ts`) on
 * workerd before it, with a data folder of its own.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Trust } from "../../scripts/front/trusted-proxies.ts";
import { startServer } from "../../scripts/serve.ts";
import {
  type FakeUpstream,
  type FakeUpstreamOptions,
  startFakeUpstream,
} from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";

/** An access token without limits, and the admin's credential. */
export const ADMIN_TOKEN = "test-admin-token";

export interface StackOptions {
  /** Variables of the Worker besides the secrets and the gateway's address. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly upstream?: FakeUpstreamOptions;
  /** Served in place of the build's folder. */
  readonly workerDir?: string;
  /** Whether the portal runs in its object, as deployed (default), or in the Worker. */
  readonly hasObject?: boolean;
  /** Whose word on a request's origin is believed (default: this machine's programs). */
  readonly trust?: Trust;
  /** Gets every line the Worker logs. */
  readonly onLog?: (level: string, message: string) => void;
}

export interface Stack {
  readonly upstream: FakeUpstream;
  readonly admin: AdminApi;
  /** Of the server, without a trailing slash; changes with a restart. */
  readonly url: string;
  /** Stops the server and starts it again on the same data, with these variables besides. */
  restart(vars?: StackOptions["vars"]): Promise<void>;
  close(): Promise<void>;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const upstream = await startFakeUpstream(options.upstream);
  const dataDir = await mkdtemp(join(tmpdir(), "one-balance-e2e-"));
  const serve = (vars: StackOptions["vars"] = {}) =>
    startServer({
      port: 0,
      dataDir,
      vars: {
        AUTH_KEY: ADMIN_TOKEN,
        AUTH_SECRET: "test-session-secret",
        KEY_ENCRYPTION_SECRET: "test-encryption-secret",
        AI_GATEWAY_URL: upstream.gatewayUrl,
        ...options.vars,
        ...vars,
      },
      ...(options.workerDir && { workerDir: options.workerDir }),
      ...(options.hasObject !== undefined && { hasObject: options.hasObject }),
      ...(options.trust && { trust: options.trust }),
      ...(options.onLog && { onLog: options.onLog }),
    });
  let server = await serve();
  return {
    upstream,
    admin: new AdminApi(() => server.url, ADMIN_TOKEN),
    get url() {
      return server.url;
    },
    async restart(vars) {
      await server.dispose();
      server = await serve(vars);
    },
    async close() {
      await Promise.all([server.dispose(), upstream.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Empties the pools of these providers, so that tests on one stack start alike. */
export async function removeKeys({ admin }: Stack, providers: readonly string[]): Promise<void> {
  for (const provider of providers) {
    await admin.call("POST", "provider-keys/delete", { filter: { provider } });
  }
}

/**
 * An entry point on workerd: a Worker in front of a fake upstream, with its own D1.
 * @module
 */
import { rm } from "node:fs/promises";
import { startServer } from "../../scripts/serve.ts";
import { AdminApi } from "../e2e/admin-api.ts";
import { newDataFolder } from "../e2e/data-folder.ts";
import { startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { DOOR_AUTH_KEY, DOOR_LIMITED_TOKEN, DOOR_TOKEN, type Door } from "./door.ts";

type Vars = Readonly<Record<string, string>>;

interface DoorServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The built Worker.
 * @param workerDir The bundle's folder; by default the product's own entry.
 * @param hasObject Whether the portal runs in its object; by default if the bundle has a portal.
 */
export function openServerDoor(workerDir?: string, hasObject?: boolean): Promise<Door> {
  return openDoorOf(async (vars) => {
    const dataDir = await newDataFolder("one-balance-door-");
    const server = await startServer({
      port: 0,
      dataDir,
      vars,
      ...(workerDir !== undefined && { workerDir }),
      ...(hasObject !== undefined && { hasObject }),
    });
    return {
      url: server.url,
      async close() {
        await server.dispose();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
}

/** @param serve Serves a Worker that has the admin API, with these variables. */
export async function openDoorOf(serve: (vars: Vars) => Promise<DoorServer>): Promise<Door> {
  const upstream = await startFakeUpstream();
  const server = await serve({
    AUTH_KEY: DOOR_AUTH_KEY,
    AUTH_SECRET: "test-session-secret",
    KEY_ENCRYPTION_SECRET: "test-encryption-secret",
    AI_GATEWAY_URL: upstream.gatewayUrl,
  });
  const admin = new AdminApi(() => server.url, DOOR_TOKEN);
  return {
    upstream,
    token: DOOR_TOKEN,
    limitedToken: DOOR_LIMITED_TOKEN,
    fetch: (path, init) => fetch(`${server.url}${path}`, init),
    async setKeys(provider, keys) {
      await admin.call("POST", "provider-keys/delete", { filter: { provider } });
      if (keys.length > 0) await admin.addKeys(provider, keys);
    },
    keyStates: (provider) => admin.listKeys(`provider=${provider}`),
    async close() {
      await Promise.all([server.close(), upstream.close()]);
    },
  };
}

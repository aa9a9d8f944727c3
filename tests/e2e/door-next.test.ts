/** The common list of proxy tests through the route that Next calls in `next dev`. */
import { fileURLToPath } from "node:url";
import { describeProxy } from "../doors/proxy-list.ts";
import { openDoorOf } from "../doors/server-door.ts";
import { startProxyServer } from "./proxy-server.ts";

const entry = fileURLToPath(new URL("../doors/next-door-entry.ts", import.meta.url));

describeProxy("Next's route", () => openDoorOf((vars) => startProxyServer({ entry, vars })));

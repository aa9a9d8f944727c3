import type { Env } from "../../env";
import { about, type Finding } from "./examination";

/** Where the portal runs: on the free plan its work doesn't fit into the 10 ms of CPU of a Worker's request. */
export function examinePortal(
  env: Pick<Env, "PORTAL" | "PORTAL_LOCATION" | "WEBSOCKETS">,
): Finding {
  const { ok, warning } = about("portal");
  if (env.PORTAL !== undefined) {
    const place = env.PORTAL_LOCATION ? ` (${env.PORTAL_LOCATION})` : "";
    const sockets =
      env.WEBSOCKETS === "worker" ? "WebSockets in the Worker" : "WebSockets beside it";
    return ok(`the portal runs in its object${place}, ${sockets}`);
  }
  return warning(
    "no object is bound, the Worker does the portal's work",
    "On the free plan, deploy without --no-object: a request of a Worker has 10 ms of CPU there.",
  );
}

/** The common list of proxy tests through the Worker's own entry. */
import { buildIfChanged } from "../../scripts/build.ts";
import { describeProxy } from "../doors/proxy-list.ts";
import { openServerDoor } from "../doors/server-door.ts";

describeProxy("the Worker's entry", async () => {
  await buildIfChanged();
  return openServerDoor();
});

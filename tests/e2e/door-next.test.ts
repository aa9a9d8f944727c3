/** The common list of proxy tests through Next's route handler, which `next dev` uses. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildIfChanged } from "../../scripts/build.ts";
import { root } from "../../scripts/root.ts";
import { bundleNextDoor } from "../doors/bundle-next-door.ts";
import { describeProxy } from "../doors/proxy-list.ts";
import { openServerDoor } from "../doors/server-door.ts";

describeProxy("Next's route", async () => {
  await buildIfChanged();
  const workerDir = await mkdtemp(join(root, "dist/next-door-"));
  await bundleNextDoor(workerDir);
  const door = await openServerDoor(workerDir);
  return {
    ...door,
    async close() {
      await door.close();
      await rm(workerDir, { recursive: true, force: true });
    },
  };
});

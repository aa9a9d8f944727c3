import { runCommand } from "../../scripts/run-command.ts";

/** Bundles OpenNext's worker as an entry of its own, so that Next answers the proxy's paths too. */
export async function bundleNextDoor(outDir: string): Promise<void> {
  const args = ["deploy", ".open-next/worker.js", "--dry-run", "--outdir", outDir];
  await runCommand("wrangler", args, {
    env: {
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      // Otherwise wrangler hands a deploy back to OpenNext.
      OPEN_NEXT_DEPLOY: "true",
    },
  });
}

import { runCommand } from "../../scripts/run-command.ts";

/** Bundles OpenNext's worker as a separate entry, so that Next handles the proxy's paths too. */
export async function bundleNextDoor(outDir: string): Promise<void> {
  const args = ["deploy", ".open-next/worker.js", "--dry-run", "--outdir", outDir];
  await runCommand("wrangler", args, {
    env: {
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      // Otherwise wrangler delegates a deploy back to OpenNext.
      OPEN_NEXT_DEPLOY: "true",
    },
  });
}

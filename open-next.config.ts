import { defineCloudflareConfig } from "@opennextjs/cloudflare";

export default {
  /** Pages are rendered per request from D1, so Next's incremental cache has nothing to keep. */
  ...defineCloudflareConfig({}),
  buildCommand: [
    "next build",
    "node --no-warnings scripts/build/leave-out.ts",
    "node --no-warnings scripts/build/share-chunks.ts",
  ].join(" && "),
};

import { defineCloudflareConfig } from "@opennextjs/cloudflare";

/** Pages are rendered per request from D1, so Next's incremental cache has nothing to keep. */
export default defineCloudflareConfig({});

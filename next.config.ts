import { getCloudflareContext, initOpenNextCloudflareForDev } from "@opennextjs/cloudflare";
import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";
import createNextIntlPlugin from "next-intl/plugin";
import { ROOT_SEGMENTS } from "./lib/providers/own-segments";

// The build parses messages: neither browsers nor the Worker contain, or run, the parser.
const withNextIntl = createNextIntlPlugin({
  experimental: {
    messages: { path: "./messages", format: "json", locales: "infer", precompile: true },
  },
});

const PROXIED_PATHS = [
  { source: "/api", destination: "/api/compat" },
  { source: `/:door(${ROOT_SEGMENTS.join("|")})/:path*`, destination: "/api/:door/:path*" },
];

export default async function nextConfig(phase: string): Promise<NextConfig> {
  const isDev = phase === PHASE_DEVELOPMENT_SERVER;
  if (isDev) await initBindingsForDev();
  return withNextIntl({
    poweredByHeader: false,
    // `npm test` checks the types of everything; a build needn't wait for it.
    typescript: { ignoreBuildErrors: true },
    images: { unoptimized: true },
    // The Worker handles proxied requests before Next is called. `next dev` has no Worker: there these paths lead to
    // the same handler, in a route (`route.dev.ts`) that builds leave out.
    pageExtensions: [...(isDev ? ["dev.ts"] : []), "tsx", "ts"],
    rewrites: async () => (isDev ? PROXIED_PATHS : []),
    // The help shows the pages of `docs/`, parsed by the build.
    turbopack: { rules: { "*.md": { loaders: ["./scripts/docs/help-loader.ts"], as: "*.js" } } },
    experimental: {
      // Where nothing is built a second time, writing 130 MB for it would take a tenth of the build.
      turbopackFileSystemCacheForBuild: process.env.CI === undefined,
      // Wrangler makes those of the Worker, from the code that this build writes.
      turbopackSourceMaps: false,
      // `forbidden()` sends 403 with the page of app/forbidden.tsx.
      authInterrupts: true,
      // Pasting thousands of provider keys into a form is more than the default 1 MB.
      serverActions: { bodySizeLimit: "8mb" },
    },
  });
}

/** `next dev` gets the bindings of wrangler.toml on local D1; the production build gets them from the Worker. */
async function initBindingsForDev(): Promise<void> {
  // Set by scripts/dev.ts.
  const { d1Path, vars } = JSON.parse(process.env.ONE_BALANCE_DEV ?? "{}");
  await initOpenNextCloudflareForDev(d1Path === undefined ? {} : { persist: { path: d1Path } });
  Object.assign(getCloudflareContext().env, vars);
}

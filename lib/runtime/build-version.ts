/** Defined by the build (`scripts/build.ts`). */
declare const BUILD_VERSION: string | undefined;

/** The release and what it was built from, `0.1.0+3f2a91c`; null if nothing was built, as under `next dev`. */
export const buildVersion: string | null = typeof BUILD_VERSION === "string" ? BUILD_VERSION : null;

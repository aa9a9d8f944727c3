import { headers } from "next/headers";

/** The portal's address in the reader's browser, without a trailing slash. */
export async function portalOrigin(): Promise<string> {
  const requestHeaders = await headers();
  const host = requestHeaders.get("x-forwarded-host") ?? requestHeaders.get("host");
  const scheme = requestHeaders.get("x-forwarded-proto") ?? "http";
  return `${scheme}://${host}`;
}

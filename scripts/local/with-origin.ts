/** What only a proxy may report, although a client can write it. Cloudflare's edge sets the last ones itself. */
const SAID_BY_PROXIES = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-scheme",
  "x-forwarded-server",
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-connecting-o2o",
  "cf-ipcountry",
  "cf-ray",
  "cf-visitor",
] as const;

const HEADER_OF = {
  address: "cf-connecting-ip",
  scheme: "x-forwarded-proto",
  host: "x-forwarded-host",
  port: "x-forwarded-port",
} as const;

/**
 * The request with the origin that the front reports, in the headers that Cloudflare's edge uses, and nothing that its
 * client wrote there. A request that the front didn't mark has no known origin.
 * @param originHeader see `newOriginHeader`
 */
export function withOrigin(request: Request, originHeader: string): Request {
  const headers = new Headers(request.headers);
  const said = new URLSearchParams(headers.get(originHeader) ?? "");
  headers.delete(originHeader);
  for (const name of SAID_BY_PROXIES) headers.delete(name);
  for (const [key, name] of Object.entries(HEADER_OF)) {
    const value = said.get(key);
    if (value !== null) headers.set(name, value);
  }
  return new Request(request, { headers });
}

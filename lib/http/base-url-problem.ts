/**
 * Which addresses a person may enter as an upstream. Keys and requests are sent there from inside our own network, so
 * nothing that only this network can reach is allowed, however it is spelled.
 *
 * Only the text is checked: a public name that resolves to a private address passes.
 * @module
 */

export type BaseUrlProblem =
  | "not_a_url"
  | "not_https"
  /** A user name or a password. */
  | "has_credentials"
  /** A query or a fragment: paths are appended to the address. */
  | "has_query"
  | "odd_port"
  /** Private, loopback, link-local or otherwise not on the public internet. */
  | "private_address"
  | "too_long";

const MAX_LENGTH = 500;

/** Common HTTPS ports; any other port is more likely a service that isn't meant for the public. */
const PORTS = new Set(["", "443", "8443"]);

/**
 * Never public, by RFC 6761, 6762, 8375 and 9476, by ICANN's rule for `internal`, or by convention; and public names
 * that are made to lead anywhere.
 */
const PRIVATE_ZONES = [
  "localhost",
  "local",
  "internal",
  "home.arpa",
  "test",
  "example",
  "invalid",
  "alt",
  "onion",
  "lan",
  "home",
  "corp",
  "intranet",
  "private",
  "localdomain",
  "intra",
  "docker",
  "kubernetes",
  // Kubernetes' services and pods, with and without the cluster's own domain.
  "svc",
  "pod",
  "cluster",
  // HashiCorp's.
  "consul",
  "nomad",
  // Google Cloud's metadata server under a public name.
  "metadata.goog",
  // Tencent Cloud's.
  "metadata.tencentyun.com",
  // Public names that resolve to any address, including loopback.
  "nip.io",
  "sslip.io",
  "xip.io",
  "traefik.me",
  "localtest.me",
  "lvh.me",
  "lacolhost.com",
  "vcap.me",
  "local.gd",
  "backname.io",
  "rbndr.us",
];

/**
 * What is wrong with an upstream's base address; null if it may be used.
 * @param allowPrivate If the deployment allows it: plain http, private addresses and any port are fine.
 */
export function baseUrlProblem(text: string, allowPrivate: boolean): BaseUrlProblem | null {
  if (text.length > MAX_LENGTH) return "too_long";
  if (!URL.canParse(text)) return "not_a_url";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "not_https";
  if (url.protocol === "http:" && !allowPrivate) return "not_https";
  if (url.username !== "" || url.password !== "") return "has_credentials";
  // An empty one is only visible in the address.
  if (/[?#]/.test(url.href)) return "has_query";
  if (allowPrivate) return null;
  if (!PORTS.has(url.port)) return "odd_port";
  return isPublicHost(url.hostname) ? null : "private_address";
}

/** @param host As in `URL.hostname`: its parser has already normalized every spelling of an IPv4 address. */
function isPublicHost(host: string): boolean {
  if (host.startsWith("[")) return isPublicIpv6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicIpv4(host);
  const name = host.replace(/\.+$/, "");
  if (!name.includes(".")) return false;
  if (PRIVATE_ZONES.some((zone) => name === zone || name.endsWith(`.${zone}`))) return false;
  return !addressesIn(name).some((address) => !isPublicIpv4(address));
}

/**
 * Addresses inside a name, as used by services that resolve any: `10.0.0.1.example.com`, `app-10-0-0-1.example.com`,
 * and eight hexadecimal digits, `7f000001.example.com`. A public service's name may contain such digits too; it is
 * rejected if they are a private address.
 */
function addressesIn(name: string): string[] {
  const dotted = [
    ...name.matchAll(
      /(?<![\da-z])(?=(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?![\da-z]))/g,
    ),
  ];
  const hexadecimal = [...name.matchAll(/(?:^|[.-])([\da-f]{8})(?=[.-])/g)];
  return [
    ...dotted
      .map(([, ...parts]) => parts.map(Number))
      .filter((parts) => parts.every((part) => part < 256))
      .map((parts) => parts.join(".")),
    ...hexadecimal.map(([, digits = ""]) => {
      const value = Number.parseInt(digits, 16);
      return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
    }),
  ];
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. */
const PRIVATE_IPV4: readonly (readonly [address: string, prefixBits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local: metadata of most clouds.
  ["169.254.0.0", 16],
  // Azure's own channel to its machines.
  ["168.63.129.16", 32],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

function isPublicIpv4(address: string): boolean {
  const value = ipv4Value(address);
  return !PRIVATE_IPV4.some(([base, prefixBits]) => {
    const size = 2 ** (32 - prefixBits);
    return Math.floor(value / size) === Math.floor(ipv4Value(base) / size);
  });
}

function ipv4Value(address: string): number {
  return address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
}

/**
 * Only 2000::/3 is assigned to the public internet. Within it, addresses that wrap another one (Teredo and its
 * neighbors in 2001::/23, 6to4 in 2002::/16) and those for documentation are excluded.
 */
function isPublicIpv6(address: string): boolean {
  const [first = 0, second = 0] = address
    .split(":")
    .map((group) => Number.parseInt(group || "0", 16));
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2001) return second >= 0x200 && second !== 0xdb8;
  if (first === 0x2002) return false;
  return first !== 0x3fff || second >= 0x1000;
}

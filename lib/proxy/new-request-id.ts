/**
 * An id such as `req_mia3k0x90f2k8c0q1p7s`: time, then a random part. Later requests have greater ids, so a log can be
 * read in key order. Not a secret.
 * @param random In [0, 1): 52 bits of it are used, in halves, because formatting larger numbers takes longer than
 * everything else here.
 */
export function newRequestId(nowMs: number, random: number): string {
  const scaled = random * HALF;
  const high = Math.floor(scaled);
  return `req_${nowMs.toString(36)}${digits(high)}${digits(Math.floor((scaled - high) * HALF))}`;
}

const HALF = 2 ** 26;

function digits(half: number): string {
  return half.toString(36).padStart(6, "0");
}

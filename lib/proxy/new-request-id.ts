/**
 * An id such as `req_mia3k0x9f2k8c0q1p7s`: time, then chance. Later requests have greater ids, so that a log
 * can be read in the order of its key. Not a secret.
 * @param random In [0, 1): 53 bits of it are used.
 */
export function newRequestId(nowMs: number, random: number): string {
  const chance = Math.floor(random * 2 ** 53);
  return `req_${nowMs.toString(36)}${chance.toString(36).padStart(11, "0")}`;
}

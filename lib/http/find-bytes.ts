/**
 * A search for `wanted` (Knuth, Morris and Pratt) that examines each byte at most twice; comparing at each position
 * would take the product of both lengths on rows of dashes.
 * @returns Index of `wanted` in `bytes` from `from` on, or -1.
 */
export function findBytes(wanted: Uint8Array): (bytes: Uint8Array, from: number) => number {
  const borders = bordersOf(wanted);
  const [first = 0] = wanted;
  return (bytes, from) => {
    let matched = 0;
    for (let at = from; at < bytes.length; at += 1) {
      if (matched === 0) {
        // The engine's own search for the first byte is many times faster than this loop.
        at = bytes.indexOf(first, at);
        if (at === -1) return -1;
      }
      while (matched > 0 && bytes[at] !== wanted[matched]) matched = borders[matched - 1] ?? 0;
      if (bytes[at] === wanted[matched]) matched += 1;
      if (matched === wanted.length) return at + 1 - matched;
    }
    return -1;
  };
}

/** For each prefix of `wanted`, the length of its longest proper prefix that is also its suffix. */
function bordersOf(wanted: Uint8Array): readonly number[] {
  const borders = [0];
  let length = 0;
  for (let index = 1; index < wanted.length; index += 1) {
    while (length > 0 && wanted[index] !== wanted[length]) length = borders[length - 1] ?? 0;
    if (wanted[index] === wanted[length]) length += 1;
    borders.push(length);
  }
  return borders;
}

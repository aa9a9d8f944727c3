/** The longest start and end shown of a secret. */
const HEAD_MAX = 8;
const TAIL_MAX = 4;

/**
 * A secret as people may see it: `sk-proj-…9fQ2`. Never more than a third of it is shown, and nothing of one shorter
 * than 6 characters.
 */
export function maskKey(key: string): string {
  const shown = Math.min(HEAD_MAX + TAIL_MAX, Math.floor(key.length / 3));
  if (shown < 2) return "…";
  const tail = Math.min(TAIL_MAX, Math.floor(shown / 2));
  return `${key.slice(0, shown - tail)}…${key.slice(-tail)}`;
}

/**
 * Whether a model name is in a list of names in which `*` matches any characters. A null list allows everything; a null
 * model (a call that names none) is always allowed.
 */
export function modelMatches(allowed: readonly string[] | null, model: string | null): boolean {
  if (allowed === null || model === null) return true;
  return allowed.some((name) => (name.includes("*") ? globMatches(name, model) : name === model));
}

/**
 * Each part between asterisks is searched once, after the previous part: the leftmost match is as good as any other, so
 * nothing is tried twice, whatever the pattern and the name.
 */
function globMatches(glob: string, name: string): boolean {
  const parts = glob.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  const endOfMiddle = name.length - last.length;
  if (first.length > endOfMiddle || !name.startsWith(first) || !name.endsWith(last)) return false;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return position <= endOfMiddle;
}

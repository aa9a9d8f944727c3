const patterns = new Map<string, RegExp>();

/**
 * Whether a model name is in a list of names in which `*` stands for any characters.
 * A null list allows everything; a null model (a call that names none) is always allowed.
 */
export function modelMatches(allowed: readonly string[] | null, model: string | null): boolean {
  if (allowed === null || model === null) return true;
  return allowed.some((name) => (name.includes("*") ? pattern(name).test(model) : name === model));
}

/** Compiled once per pattern: lists come from settings, so there are few. */
function pattern(name: string): RegExp {
  let compiled = patterns.get(name);
  if (compiled === undefined) {
    const source = name
      .split(/\*+/)
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*");
    compiled = new RegExp(`^${source}$`, "s");
    patterns.set(name, compiled);
  }
  return compiled;
}

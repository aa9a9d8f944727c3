/** The targets that were chosen last in this browser, by id, the latest first. @module */

const STORED_AS = "palette-recent";
const MOST = 12;

export function recentTargets(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter((id) => typeof id === "string").slice(0, MOST)
      : [];
  } catch {
    // Blocked storage, or text of something else.
    return [];
  }
}

export function rememberTarget(id: string): void {
  try {
    const others = recentTargets().filter((each) => each !== id);
    localStorage.setItem(STORED_AS, JSON.stringify([id, ...others].slice(0, MOST)));
  } catch {
    // Blocked or full: nothing is remembered.
  }
}

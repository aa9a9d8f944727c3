/** The model that was chosen last in this browser. @module */

const STORED_AS = "playground-model";
const MAX_CHARS = 300;

export function keptModel(): string | null {
  try {
    return localStorage.getItem(STORED_AS)?.slice(0, MAX_CHARS) || null;
  } catch {
    return null;
  }
}

export function keepModel(model: string): void {
  try {
    localStorage.setItem(STORED_AS, model);
  } catch {
    // Blocked or full: it is chosen again next time.
  }
}

/**
 * Whether single keys act in this browser. They can be switched off: with speech input, or by accident, a letter would
 * act against the reader's will (WCAG 2.1.4).
 * @module
 */

const STORED_AS = "single-key-shortcuts";
const CHANGED_EVENT = "one-balance:single-keys";

export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED_AS) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(isOn: boolean): void {
  try {
    localStorage.setItem(STORED_AS, isOn ? "on" : "off");
  } catch {
    // Blocked or full: they stay as they are.
  }
  window.dispatchEvent(new Event(CHANGED_EVENT));
}

export function onSingleKeysChanged(listener: () => void): () => void {
  window.addEventListener(CHANGED_EVENT, listener);
  return () => window.removeEventListener(CHANGED_EVENT, listener);
}

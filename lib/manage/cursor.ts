import { fromBase64Url, toBase64Url } from "../crypto/base64url";
import { ManageError } from "./manage-error";

/** Where a page ended; opaque to its reader. */
export function toCursor(lastId: string): string {
  return toBase64Url(new TextEncoder().encode(lastId));
}

/** @throws {ManageError} `invalid_input` if the text isn't a cursor. */
export function fromCursor(cursor: string, prefix: "pk" | "at" | "au" | "req"): string {
  let id = "";
  try {
    id = new TextDecoder().decode(fromBase64Url(cursor));
  } catch {
    // Reported below, like any other text that isn't a cursor.
  }
  if (!id.startsWith(`${prefix}_`)) {
    throw new ManageError("invalid_input", "cursor: not a cursor of this list");
  }
  return id;
}

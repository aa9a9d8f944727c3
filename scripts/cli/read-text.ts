import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { ExpectedError } from "../expected-error.ts";

/** A file's text; that of stdin for `-` or no name. @throws {ExpectedError} if there is none. */
export async function readText(file: string | undefined): Promise<string> {
  if (file === undefined || file === "-") {
    if (process.stdin.isTTY) {
      console.error("Paste the text, then press Ctrl-D.");
    }
    return text(process.stdin);
  }
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new ExpectedError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

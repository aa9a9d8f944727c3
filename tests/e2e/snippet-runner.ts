/**
 * Runs a document's snippets as a reader would: only address, tokens and keys are filled in.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../scripts/root.ts";
import { readDocument, snippet, snippets } from "../docs/markdown.ts";

const run = promisify(execFile);

/** The address used in the documents. */
export const WRITTEN_ADDRESS = "http://127.0.0.1:8787";

export interface SnippetSurroundings {
  /** Of the server, without a trailing slash. */
  readonly url: string;
  /** Words of the documents, such as `YOUR_OPENAI_KEY`, and their replacements. */
  readonly filledIn?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export class SnippetRunner {
  readonly #executed = new Set<string>();
  #scriptDir: string | null = null;

  /** The code of a block, filled in. The block counts as run: its caller does what it says. */
  take(document: string, note: string, { url, filledIn = {} }: SnippetSurroundings): string {
    this.#executed.add(`${document} ${note}`);
    let code = snippet(readDocument(document), note).replaceAll(WRITTEN_ADDRESS, url);
    for (const [word, text] of Object.entries(filledIn)) code = code.replaceAll(word, text);
    return code;
  }

  /** Runs the block marked `run: {name}`. @returns What it prints. */
  async run(document: string, name: string, surroundings: SnippetSurroundings): Promise<string> {
    const note = `run: ${name}`;
    const code = this.take(document, note, surroundings);
    const env = { ...process.env, ...surroundings.env };
    const block = snippets(readDocument(document)).find((each) => each.note === note);
    if (block?.language === "bash") {
      return (await run("bash", ["-euo", "pipefail", "-c", code], { env })).stdout;
    }
    // Inside the repository, so that packages resolve.
    this.#scriptDir ??= await mkdtemp(join(root, "dist/snippets-"));
    const file = join(this.#scriptDir, `${name}.mjs`);
    await writeFile(file, code);
    return (await run(process.execPath, [file], { env })).stdout;
  }

  /** Blocks of these documents that should have been run or called. */
  left(documents: readonly string[]): string[] {
    return documents.flatMap((document) =>
      snippets(readDocument(document))
        .filter(({ note }) => /^(?:run|checked by a call): /.test(note))
        .map(({ note }) => `${document} ${note}`)
        .filter((block) => !this.#executed.has(block)),
    );
  }

  async close(): Promise<void> {
    if (this.#scriptDir !== null) await rm(this.#scriptDir, { recursive: true, force: true });
  }
}

/**
 * Uploaded files of one fake upstream. A file belongs to the key that uploaded it, as a real one belongs to the key's
 * project.
 * @module
 */
export interface StoredFile {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly mimeType: string;
  readonly purpose: string;
  readonly bytes: Buffer;
  readonly createdAtMs: number;
}

interface UploadSession {
  readonly key: string;
  readonly name: string;
  readonly mimeType: string;
  readonly parts: Buffer[];
}

export class FileStore {
  readonly #files = new Map<string, StoredFile>();
  readonly #sessions = new Map<string, UploadSession>();
  #nextId = 1;

  add(file: Omit<StoredFile, "id" | "createdAtMs">): StoredFile {
    const stored = { ...file, id: this.#newId(), createdAtMs: Date.now() };
    this.#files.set(stored.id, stored);
    return stored;
  }

  get(id: string, key: string): StoredFile | undefined {
    const file = this.#files.get(id);
    return file?.key === key ? file : undefined;
  }

  list(key: string): StoredFile[] {
    return [...this.#files.values()].filter((file) => file.key === key);
  }

  delete(id: string, key: string): boolean {
    return this.get(id, key) !== undefined && this.#files.delete(id);
  }

  /** Opens a resumable upload and returns its id. */
  startUpload(session: Omit<UploadSession, "parts">): string {
    const id = `upload-${this.#newId()}`;
    this.#sessions.set(id, { ...session, parts: [] });
    return id;
  }

  /** Adds a part; returns the file if `isLast`, undefined before, null for an unknown upload. */
  appendUpload(id: string, part: Buffer, isLast: boolean): StoredFile | undefined | null {
    const session = this.#sessions.get(id);
    if (session === undefined) return null;
    session.parts.push(part);
    if (!isLast) return undefined;
    this.#sessions.delete(id);
    const { key, name, mimeType, parts } = session;
    return this.add({ key, name, mimeType, purpose: "", bytes: Buffer.concat(parts) });
  }

  #newId(): string {
    return `fake${String(this.#nextId++).padStart(8, "0")}`;
  }
}

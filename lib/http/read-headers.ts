/** What is read of headers. */
export type HeaderFields = Pick<Headers, "get" | "has"> & {
  forEach(callback: (value: string, name: string) => void): void;
};

/** Headers, read in one pass: in workerd each look-up leaves JavaScript, and on a request's way there are dozens. */
export class ReadHeaders implements HeaderFields {
  readonly #fields = new Map<string, string>();

  constructor(headers: Headers) {
    headers.forEach((value, name) => {
      this.#fields.set(name, value);
    });
  }

  get(name: string): string | null {
    return this.#fields.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#fields.has(name.toLowerCase());
  }

  forEach(callback: (value: string, name: string) => void): void {
    this.#fields.forEach(callback);
  }
}

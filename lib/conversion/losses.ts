/** A request that can't be converted without losing its meaning. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
  /** Its path in the request: `tools[0].type`. */
  readonly field: string;

  /** @param message For the caller: what can't be converted, and where. */
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Names are sent in a header. */
const NAMEABLE = /^[\w.[\]=+ -]{1,64}$/;
const MAX_NAMED = 40;
const OTHERS = "other fields";

/** Fields of a request that are left out, without duplicates: a loss is reported or rejected, never silent. */
export class Losses {
  readonly #dropped = new Set<string>();

  drop(field: string): void {
    const isNameable = NAMEABLE.test(field) && this.#dropped.size < MAX_NAMED;
    this.#dropped.add(isNameable ? field : OTHERS);
  }

  /** @throws {ConversionError} */
  refuse(field: string, why: string): never {
    throw new ConversionError(field, `${field}: ${why}`);
  }

  /** Drops these fields if they have a value. */
  dropGiven(request: Readonly<Record<string, unknown>>, names: readonly string[]): void {
    for (const name of names) {
      if (request[name] !== undefined && request[name] !== null) this.drop(name);
    }
  }

  /** Drops every unknown field. */
  dropUnknown(request: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): void {
    for (const name of Object.keys(request)) if (!known.has(name)) this.drop(name);
  }

  get dropped(): readonly string[] {
    return [...this.#dropped];
  }
}

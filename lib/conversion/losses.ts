import { type Fields, isGiven } from "./json";

/** A request's body in another format. */
export interface ConvertedRequest {
  readonly request: Fields;
  /** Names of fields that were left out, for the caller. */
  readonly dropped: readonly string[];
  /** Names of fields whose meaning the model gets in words; absent for none. */
  readonly approximated?: readonly string[];
}

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

/** An error may repeat the caller's own words. */
const MAX_WHY_CHARS = 200;

/** Fields of a request that are left out, without duplicates: a loss is reported or rejected, never silent. */
export class Losses {
  readonly #dropped = new Set<string>();
  readonly #approximated = new Set<string>();

  drop(field: string): void {
    const isNameable = NAMEABLE.test(field) && this.#dropped.size < MAX_NAMED;
    this.#dropped.add(isNameable ? field : OTHERS);
  }

  /** @throws {ConversionError} */
  refuse(field: string, why: string): never {
    const place = field.slice(0, MAX_WHY_CHARS);
    throw new ConversionError(place, `${place}: ${why.slice(0, MAX_WHY_CHARS)}`);
  }

  /** Rejects a type that only the caller's format has. @throws {ConversionError} */
  refuseType(field: string, type: unknown): never {
    const said = typeof type === "string" ? JSON.stringify(type) : "this";
    return this.refuse(field, `${said} has no counterpart in this form`);
  }

  /** Reports that the model gets in words what the other format has no field for. */
  approximate(field: string): void {
    this.#approximated.add(field);
  }

  /** Drops these fields if they have a value. */
  dropGiven(request: Fields, names: readonly string[]): void {
    for (const name of names) {
      if (isGiven(request[name])) this.drop(name);
    }
  }

  /**
   * Drops every unknown field that has a value.
   * @param place Of the object: `tools[].`; empty for the request itself.
   */
  dropUnknown(of: Fields, known: ReadonlySet<string>, place = ""): void {
    for (const [name, value] of Object.entries(of)) {
      if (!known.has(name) && isGiven(value)) this.drop(place + name);
    }
  }

  /** What the caller gets to know about a converted request. */
  of(request: Fields): ConvertedRequest {
    const approximated = [...this.#approximated];
    const dropped = [...this.#dropped];
    return { request, dropped, ...(approximated.length > 0 && { approximated }) };
  }

  get dropped(): readonly string[] {
    return [...this.#dropped];
  }
}

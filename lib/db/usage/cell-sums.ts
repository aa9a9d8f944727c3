/**
 * Adds up cells from all sources: rows of a query, digests, and what waits to be rolled up.
 * @module
 */
import { DAY_MS } from "../../usage/rollup";
import { CELL_KEY_COLUMNS, CELL_VALUE_COLUMNS } from "../schema/usage-schema";
import type { CellRange } from "./usage-cells";
import type { Digest } from "./usage-digests";
import type { WaitingCell } from "./waiting-cells";

/** By column, the values it may have. */
export type CellFilters = ReadonlyMap<string, ReadonlySet<string>>;

export interface CellSumRow {
  /** By column, the values that identify it. */
  readonly place: Readonly<Record<string, string | number>>;
  /** In the order of the requested values. */
  readonly values: readonly number[];
}

const [BUCKET, SIDE, , MODEL] = CELL_KEY_COLUMNS.keys();

export class CellSums {
  readonly #columns: readonly string[];
  /** Indexes into `CELL_VALUES`. */
  readonly #values: readonly number[];
  readonly #rows = new Map<
    string,
    { readonly place: CellSumRow["place"]; readonly values: number[] }
  >();

  constructor(columns: readonly string[], values: readonly number[]) {
    this.#columns = columns;
    this.#values = values;
  }

  rows(): readonly CellSumRow[] {
    return [...this.#rows.values()];
  }

  /** Rows of a query, with columns and values by name. */
  addRows(rows: readonly Readonly<Record<string, unknown>>[]): void {
    const names = this.#values.map((place) => CELL_VALUE_COLUMNS[place] ?? "");
    for (const row of rows) {
      const own = this.#of(this.#columns.map((column) => row[column] as string | number));
      for (const [index, name] of names.entries())
        own[index] = (own[index] ?? 0) + Number(row[name]);
    }
  }

  /** Cells of one bucket's digest. */
  addDigest(
    { by, values }: Digest,
    bucketMs: number,
    cells: readonly (readonly (string | number)[])[],
    filter: CellFilters,
  ): void {
    const keys = this.#columns.map((column) => by.indexOf(column));
    const numbers = this.#values.map((place) => by.length + values.indexOf(place));
    const asked = [...filter].map(([column, wanted]) => [by.indexOf(column), wanted] as const);
    for (const cell of cells) {
      if (asked.every(([at, wanted]) => wanted.has(String(cell[at])))) {
        this.#add(
          keys.map((at) => (at < 0 ? bucketMs : (cell[at] ?? ""))),
          cell,
          numbers,
        );
      }
    }
  }

  /** Waiting cells that belong to a range. */
  addWaiting(
    cells: readonly WaitingCell[],
    { side, grain, fromMs, toMs }: CellRange,
    filter: CellFilters,
  ): void {
    const columns: readonly string[] = CELL_KEY_COLUMNS;
    const placeOf = (column: string) => columns.indexOf(column);
    const keys = this.#columns.map(placeOf);
    const numbers = this.#values.map((place) => CELL_KEY_COLUMNS.length + place);
    const asked = [...filter].map(([column, wanted]) => [placeOf(column), wanted] as const);
    // Keys times models would be too many for every day.
    const isWithoutModel = side === "key" && grain === "day";
    const valueAt = (cell: WaitingCell, at: number) =>
      at === BUCKET
        ? bucketOf(cell, grain)
        : at === MODEL && isWithoutModel
          ? ""
          : (cell[at] ?? "");
    for (const cell of cells) {
      const bucketMs = bucketOf(cell, grain);
      if (cell[SIDE ?? 0] !== side || bucketMs < fromMs || bucketMs >= toMs) continue;
      if (asked.every(([at, wanted]) => wanted.has(String(valueAt(cell, at))))) {
        this.#add(
          keys.map((at) => valueAt(cell, at)),
          cell,
          numbers,
        );
      }
    }
  }

  #add(keys: readonly (string | number)[], cell: WaitingCell, numbers: readonly number[]): void {
    const own = this.#of(keys);
    for (let index = 0; index < numbers.length; index += 1) {
      // Cells older than a measure lack it.
      own[index] = (own[index] ?? 0) + Number(cell[numbers[index] ?? 0] ?? 0);
    }
  }

  #of(keys: readonly (string | number)[]): number[] {
    // With lengths, because a name may contain anything.
    const name = keys.map((key) => `${String(key).length}:${key}`).join("");
    const known = this.#rows.get(name);
    if (known !== undefined) return known.values;
    const values = new Array<number>(this.#values.length).fill(0);
    const place = Object.fromEntries(this.#columns.map((column, at) => [column, keys[at] ?? ""]));
    this.#rows.set(name, { place, values });
    return values;
  }
}

function bucketOf(cell: WaitingCell, grain: CellRange["grain"]): number {
  const hourMs = Number(cell[BUCKET ?? 0]);
  return grain === "hour" ? hourMs : hourMs - (hourMs % DAY_MS);
}

/**
 * The command line's output: tables, colors, progress. Everything but tables goes to stderr, so that stdout can be
 * piped.
 * @module
 */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colored for a terminal; plain for `NO_COLOR` and pipes. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly isNumber?: boolean;
  readonly style?: (row: Row) => Style;
}

export function printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
  const widths = columns.map(({ title, of }) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(of(row)))),
  );
  const line = (cells: readonly string[], styles: readonly (Style | undefined)[]) =>
    cells
      .map((cell, index) => {
        const blanks = " ".repeat((widths[index] ?? 0) - widthOf(cell));
        const style = styles[index];
        const text = style === undefined ? cell : styled(style, cell);
        return columns[index]?.isNumber ? blanks + text : text + blanks;
      })
      .join("  ")
      .trimEnd();
  console.log(
    line(
      columns.map(({ title }) => title),
      columns.map(() => "dim"),
    ),
  );
  for (const row of rows) {
    console.log(
      line(
        columns.map(({ of }) => of(row)),
        columns.map(({ style }) => style?.(row)),
      ),
    );
  }
}

/** East Asian characters are two columns wide. */
function widthOf(text: string): number {
  const wide = text.match(
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g,
  );
  return text.length + (wide?.length ?? 0);
}

/** Shows the progress of long work on one line of a terminal. */
export class Progress {
  readonly #words: string;
  readonly #total: number;
  readonly #isShown: boolean;

  constructor(words: string, total: number) {
    this.#words = words;
    this.#total = total;
    this.#isShown = process.stderr.isTTY === true;
    this.at(0);
  }

  at(done: number): void {
    if (this.#isShown) process.stderr.write(`\r${this.#words} ${done} of ${this.#total}\x1b[K`);
  }

  end(): void {
    if (this.#isShown) process.stderr.write("\r\x1b[K");
  }
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** `2027-01-31 12:00` in UTC; a dash for null. */
export function time(ms: number | null): string {
  return ms === null ? "–" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

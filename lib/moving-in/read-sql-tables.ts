/**
 * Rows of a database dump: INSERT statements as SQLite, D1, MySQL and PostgreSQL write them, and the COPY blocks of
 * `pg_dump`. No SQL is run; a value that isn't a literal makes its row unreadable, not wrong.
 * @module
 */

/** A row's cells by column name, in lower case. */
export type Row = Readonly<Record<string, unknown>>;

export type SqlTables = ReadonlyMap<string, readonly Row[]>;

/** Name, possibly with quotes and preceded by a schema: `"public"."channels"`, `` `keys` ``, `keys`. */
const NAME = String.raw`(?:["\`[]?\w+["\`\]]?\.)?["\`[]?(\w+)["\`\]]?`;

const STATEMENT = new RegExp(
  String.raw`(?:^|[;\n])[ \t\r]*(?:(INSERT|REPLACE)\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO\s+${NAME}|(CREATE)\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?${NAME}\s*\(|(COPY)\s+${NAME}\s*\(([^()]{0,20000})\)\s+FROM\s+stdin;\r?\n)`,
  "gi",
);

/** @param wanted Names of tables, in lower case; others are skipped. */
export function readSqlTables(dump: string, wanted: ReadonlySet<string>): SqlTables {
  const tables = new Map<string, Row[]>();
  const columns = new Map<string, readonly string[]>();
  // Elsewhere a backslash is an ordinary character.
  const hasEscapes = /^(?:--|\/\*!\d+).*\b(?:MySQL|MariaDB)\b|\bENGINE=/im.test(dump);
  const keep = (table: string, row: Row) => {
    if (!wanted.has(table)) return;
    const rows = tables.get(table);
    if (rows === undefined) tables.set(table, [row]);
    else rows.push(row);
  };
  const reader = new Reader(dump, 0, hasEscapes);
  STATEMENT.lastIndex = 0;
  for (let found = STATEMENT.exec(dump); found !== null; found = STATEMENT.exec(dump)) {
    const [, insert, into = "", create, created = "", copy, copied = "", copyColumns = ""] = found;
    const table = (into || created || copied).toLowerCase();
    if (create !== undefined) {
      const made = createdColumns(dump, STATEMENT.lastIndex);
      columns.set(table, made.names);
      STATEMENT.lastIndex = made.end;
    }
    if (insert !== undefined) {
      // The rows of other tables are read too, because their texts may look like statements.
      reader.at = STATEMENT.lastIndex;
      for (const row of reader.rows(columns.get(table))) keep(table, row);
      STATEMENT.lastIndex = reader.at;
    }
    if (copy !== undefined) {
      const end = dump.indexOf("\n\\.", STATEMENT.lastIndex - 1);
      const block = dump.slice(STATEMENT.lastIndex, end === -1 ? undefined : end);
      for (const row of copiedRows(block, namesIn(copyColumns))) keep(table, row);
      STATEMENT.lastIndex += block.length;
    }
  }
  return tables;
}

function namesIn(list: string): string[] {
  return list.split(",", MAX_COLUMNS).map((name) =>
    name
      .trim()
      .replace(/^["`[]|["`\]]$/g, "")
      .toLowerCase(),
  );
}

/** For `KEY` only MySQL's indexes, whose names it quotes: a column may have that name. */
const CONSTRAINT =
  /^(?:PRIMARY\s+KEY|FOREIGN\s+KEY|UNIQUE\b|CONSTRAINT\b|CHECK\b|(?:FULLTEXT\s+)?(?:KEY|INDEX)\s+`)/i;

/** A table with more columns belongs to none of the programs. */
const MAX_COLUMNS = 500;
/** Quoted texts, and column separators. */
const COLUMN_TOKEN = /'[^']*'?|"[^"]*"?|`[^`]*`?|[(),]/g;

/** Names of a table's columns, in the order of a row without names, and where the list ends. */
function createdColumns(
  dump: string,
  start: number,
): { readonly names: readonly string[]; readonly end: number } {
  const parts: string[] = [];
  let depth = 1;
  let from = start;
  let end = dump.length;
  COLUMN_TOKEN.lastIndex = start;
  for (let found = COLUMN_TOKEN.exec(dump); found !== null; found = COLUMN_TOKEN.exec(dump)) {
    const [sign] = found;
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0 || (sign === "," && depth === 1)) {
      parts.push(dump.slice(from, found.index).trim());
      from = COLUMN_TOKEN.lastIndex;
    }
    if (depth > 0) continue;
    end = COLUMN_TOKEN.lastIndex;
    break;
  }
  const names = parts
    .filter((each) => each !== "" && !CONSTRAINT.test(each))
    .map((each) => (/^["`[]?(\w+)/.exec(each)?.[1] ?? "").toLowerCase());
  return { names: names.slice(0, MAX_COLUMNS), end };
}

const COPY_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b" };

/** Tabs between cells, `\N` for null. */
function copiedRows(block: string, columns: readonly string[]): Row[] {
  return block
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) =>
      rowOf(
        columns,
        line
          .split("\t")
          .map((cell) =>
            cell === "\\N"
              ? null
              : cell.replace(/\\(.)/g, (_, escaped: string) => COPY_ESCAPES[escaped] ?? escaped),
          ),
      ),
    );
}

function rowOf(columns: readonly string[], cells: readonly unknown[]): Row {
  return Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? null]));
}

const MYSQL_ESCAPES: Readonly<Record<string, string>> = { ...COPY_ESCAPES, "0": "\0", Z: "\x1a" };

/** Nested calls, deeper than in any dump. */
const MAX_CALLS = 20;

/** Reads the rows of one INSERT, starting after its table's name. */
class Reader {
  at: number;
  readonly #dump: string;
  readonly #hasEscapes: boolean;
  /** The position of the next backslash, or of one before `at`; -1 if there are no more. */
  #slashAt = Number.NEGATIVE_INFINITY;

  constructor(dump: string, at: number, hasEscapes: boolean) {
    this.#dump = dump;
    this.at = at;
    this.#hasEscapes = hasEscapes;
  }

  *rows(createdColumns: readonly string[] | undefined): Generator<Row> {
    let columns = createdColumns ?? [];
    if (this.#takes("(")) {
      const end = this.#dump.indexOf(")", this.at);
      if (end === -1) {
        this.at = this.#dump.length;
        return;
      }
      columns = namesIn(this.#dump.slice(this.at, end));
      this.at = end + 1;
    }
    if (!this.#takesWord("VALUES")) return;
    do {
      if (!this.#takes("(")) return;
      const cells: unknown[] = [];
      do {
        const value = this.#value(0);
        if (cells.length < MAX_COLUMNS) cells.push(value);
      } while (this.#takes(","));
      if (!this.#takes(")")) return;
      yield rowOf(columns, cells);
    } while (this.#takes(","));
  }

  /** A literal, or a call that stands for one; undefined for anything else, which is skipped. */
  #value(depth: number): unknown {
    this.#skipBlanks();
    const prefix = this.#match(/(?:E|N|_utf8mb4|_binary)\s*(?=')/iy);
    if (this.#takes("'")) return this.#text(this.#hasEscapes || prefix?.toUpperCase() === "E");
    const number = this.#match(/[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?=\s*[,)])/iy);
    if (number !== null) return Number(number);
    const word = this.#match(/\w+/y)?.toLowerCase();
    if (word === undefined || depth > MAX_CALLS || !this.#takes("(")) {
      const isKnown = word === "null" || word === "true" || word === "false";
      return word === "null" || !isKnown ? null : word === "true" ? 1 : 0;
    }
    const given: unknown[] = [];
    do given.push(this.#value(depth + 1));
    while (this.#takes(","));
    this.#takes(")");
    return called(word, given);
  }

  /** Starts after the opening quote. */
  #text(hasEscapes: boolean): string {
    let text = "";
    for (;;) {
      const end = this.#dump.indexOf("'", this.at);
      const stop = end === -1 ? this.#dump.length : end;
      const slash = hasEscapes ? this.#nextSlash() : -1;
      if (slash !== -1 && slash < stop) {
        const escaped = this.#dump[slash + 1] ?? "";
        text += this.#dump.slice(this.at, slash) + (MYSQL_ESCAPES[escaped] ?? escaped);
        this.at = slash + 2;
        continue;
      }
      text += this.#dump.slice(this.at, stop);
      this.at = stop + 1;
      // Two quotes are one that belongs to the text.
      if (this.#dump[this.at] !== "'") return text;
      text += "'";
      this.at += 1;
    }
  }

  /** Searched once for all the texts before it: a dump may have none. */
  #nextSlash(): number {
    if (this.#slashAt !== -1 && this.#slashAt < this.at) {
      this.#slashAt = this.#dump.indexOf("\\", this.at);
    }
    return this.#slashAt;
  }

  #skipBlanks(): void {
    this.#match(/\s+/y);
  }

  #takes(sign: string): boolean {
    this.#skipBlanks();
    if (this.#dump[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  #takesWord(word: string): boolean {
    this.#skipBlanks();
    return this.#match(new RegExp(word, "iy")) !== null;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const [found = null] = pattern.exec(this.#dump) ?? [];
    if (found !== null) this.at += found.length;
    return found;
  }
}

/** SQLite's dumps write line breaks as `replace('a\nb','\n',char(10))`, and since 3.50 as `unistr('a\u000ab')`. */
function called(name: string, given: readonly unknown[]): unknown {
  const [first, from, to] = given;
  if (name === "char") return given.map(characterOf).join("");
  // Never longer than the text before: otherwise each nested call would be longer than the one in it.
  if (name === "replace" && String(from).length >= Math.max(1, String(to).length)) {
    return String(first).replaceAll(String(from), String(to));
  }
  if (name === "unistr") {
    return String(first).replace(/\\(?:u([\da-f]{4})|\\)/gi, (_, code?: string) =>
      code === undefined ? "\\" : String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
  return null;
}

const LAST_CHARACTER = 0x10_ff_ff;

function characterOf(code: unknown): string {
  const number = Number(code);
  const isOne = Number.isInteger(number) && number >= 0 && number <= LAST_CHARACTER;
  return isOne ? String.fromCodePoint(number) : "";
}

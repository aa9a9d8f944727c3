/**
 * Rows of a database dump: INSERT statements as SQLite, D1, MySQL and PostgreSQL write them, and the COPY
 * blocks of `pg_dump`. No SQL is run; what is no literal value makes its row unreadable, not wrong.
 * @module
 */

/** A row's cells by the names of their columns, in lower case. */
export type Row = Readonly<Record<string, unknown>>;

export type SqlTables = ReadonlyMap<string, readonly Row[]>;

/** Name, perhaps with quotes and a schema before it: `"public"."channels"`, `` `keys` ``, `keys`. */
const NAME = String.raw`(?:["\`[]?\w+["\`\]]?\.)?["\`[]?(\w+)["\`\]]?`;

const STATEMENT = new RegExp(
  String.raw`(?:^|[;\n])\s*(?:(INSERT|REPLACE)\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO\s+${NAME}|(CREATE)\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?${NAME}\s*\(|(COPY)\s+${NAME}\s*\(([^)]*)\)\s+FROM\s+stdin;\r?\n)`,
  "gi",
);

/** @param wanted Names of tables, in lower case; others are passed over. */
export function readSqlTables(dump: string, wanted: ReadonlySet<string>): SqlTables {
  const tables = new Map<string, Row[]>();
  const columns = new Map<string, readonly string[]>();
  // Elsewhere a backslash stands for itself.
  const hasEscapes = /^(?:--|\/\*!\d+).*\b(?:MySQL|MariaDB)\b|\bENGINE=/im.test(dump);
  const keep = (table: string, row: Row) => {
    if (!wanted.has(table)) return;
    const rows = tables.get(table);
    if (rows === undefined) tables.set(table, [row]);
    else rows.push(row);
  };
  STATEMENT.lastIndex = 0;
  for (let found = STATEMENT.exec(dump); found !== null; found = STATEMENT.exec(dump)) {
    const [, insert, into = "", create, created = "", copy, copied = "", copyColumns = ""] = found;
    const table = (into || created || copied).toLowerCase();
    if (create !== undefined) columns.set(table, createdColumns(dump, STATEMENT.lastIndex));
    if (insert !== undefined) {
      // The rows of other tables are read too: their texts may look like statements.
      const reader = new Reader(dump, STATEMENT.lastIndex, hasEscapes);
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
  return list.split(",").map((name) =>
    name
      .trim()
      .replace(/^["`[]|["`\]]$/g, "")
      .toLowerCase(),
  );
}

/** Of `KEY` only MySQL's indices, whose names it quotes: a column may have that name. */
const CONSTRAINT =
  /^(?:PRIMARY\s+KEY|FOREIGN\s+KEY|UNIQUE\b|CONSTRAINT\b|CHECK\b|(?:FULLTEXT\s+)?(?:KEY|INDEX)\s+`)/i;

/** Names of a table's columns, in the order a row without names has. */
function createdColumns(dump: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 1;
  let part = "";
  for (let at = start; at < dump.length && depth > 0; at++) {
    const character = dump[at] ?? "";
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0 || (character === "," && depth === 1)) {
      parts.push(part.trim());
      part = "";
    } else part += character;
  }
  return parts
    .filter((each) => each !== "" && !CONSTRAINT.test(each))
    .map((each) => (/^["`[]?(\w+)/.exec(each)?.[1] ?? "").toLowerCase());
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

/** Reads the rows of one INSERT, from after its table's name. */
class Reader {
  at: number;
  readonly #dump: string;
  readonly #hasEscapes: boolean;

  constructor(dump: string, at: number, hasEscapes: boolean) {
    this.#dump = dump;
    this.at = at;
    this.#hasEscapes = hasEscapes;
  }

  *rows(createdColumns: readonly string[] | undefined): Generator<Row> {
    let columns = createdColumns ?? [];
    if (this.#takes("(")) {
      const end = this.#dump.indexOf(")", this.at);
      columns = namesIn(this.#dump.slice(this.at, end));
      this.at = end + 1;
    }
    if (!this.#takesWord("VALUES")) return;
    do {
      if (!this.#takes("(")) return;
      const cells: unknown[] = [];
      do cells.push(this.#value());
      while (this.#takes(","));
      if (!this.#takes(")")) return;
      yield rowOf(columns, cells);
    } while (this.#takes(","));
  }

  /** A literal, or a call that stands for one; undefined for anything else, which is passed over. */
  #value(): unknown {
    this.#skipBlanks();
    const prefix = this.#match(/(?:E|N|_utf8mb4|_binary)\s*(?=')/iy);
    if (this.#takes("'")) return this.#text(this.#hasEscapes || prefix?.toUpperCase() === "E");
    const number = this.#match(/[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?=\s*[,)])/iy);
    if (number !== null) return Number(number);
    const word = this.#match(/\w+/y)?.toLowerCase();
    if (word === undefined || !this.#takes("(")) {
      const isKnown = word === "null" || word === "true" || word === "false";
      return word === "null" || !isKnown ? null : word === "true" ? 1 : 0;
    }
    const given: unknown[] = [];
    do given.push(this.#value());
    while (this.#takes(","));
    this.#takes(")");
    return called(word, given);
  }

  /** From after the opening quote. */
  #text(hasEscapes: boolean): string {
    let text = "";
    for (;;) {
      const end = this.#dump.indexOf("'", this.at);
      const stop = end === -1 ? this.#dump.length : end;
      const slash = hasEscapes ? this.#dump.indexOf("\\", this.at) : -1;
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
  if (name === "char") return String.fromCodePoint(...given.map(Number));
  if (name === "replace") return String(first).replaceAll(String(from), String(to));
  if (name === "unistr") {
    return String(first).replace(/\\(?:u([\da-f]{4})|\\)/gi, (_, code?: string) =>
      code === undefined ? "\\" : String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
  return null;
}

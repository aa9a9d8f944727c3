import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { assertEmpty, dumpDatabase, loadRows, type Query } from "./dump";

const SCHEMA = `
  create table d1_migrations (id integer primary key, name text, applied_at text);
  create table _cf_KV (key text primary key, value blob) without rowid;
  create table notes (id text primary key not null, body text, cost real, count integer);
  create table cells (hour integer not null, "by" text not null, value text, primary key (hour, "by"))
    without rowid;
  create table state_version (id integer primary key, version integer not null);
  insert into state_version values (1, 0);
  insert into d1_migrations values (1, '0000_initial.sql', 'now');
`;

function database(): { query: Query; sqlite: DatabaseSync } {
  const sqlite = new DatabaseSync(":memory:");
  sqlite.exec(SCHEMA);
  const query: Query = async (sql, params = []) =>
    sqlite.prepare(sql).all(...params) as Awaited<ReturnType<Query>>;
  return { query, sqlite };
}

const dump = (query: Query) => Array.fromAsync(dumpDatabase(query, { AUTH_KEY: "fake" }));

async function* later(lines: readonly string[]) {
  yield* lines;
}

function filled() {
  const made = database();
  const notes = made.sqlite.prepare("insert into notes values (?, ?, ?, ?)");
  for (let index = 0; index < 450; index++) {
    notes.run(`n${index}`, index % 3 === 0 ? null : `"é" \u2028\n${index}`, Math.random(), index);
  }
  const cells = made.sqlite.prepare("insert into cells values (?, ?, ?)");
  for (let index = 0; index < 450; index++) {
    cells.run(Math.floor(index / 7), `k${index % 7}`, JSON.stringify({ index }));
  }
  made.sqlite.exec("update state_version set version = 9007199254740991");
  return made;
}

describe("a dump", () => {
  test("gives every row of every table back, page after page, with keys of one and of two columns", async () => {
    const lines = await dump(filled().query);
    const restored = database();
    await assertEmpty(restored.query);
    expect(await loadRows(restored.query, later(lines.slice(1)))).toBe(901);
    expect(await dump(restored.query)).toEqual(lines);
  });

  test("begins with what is needed to restore it, and holds none of the platform's own tables", async () => {
    const [head = "", ...lines] = await dump(filled().query);
    expect(JSON.parse(head)).toEqual({
      format: 1,
      migrations: ["0000_initial.sql"],
      secrets: { AUTH_KEY: "fake" },
    });
    const tables = lines
      .filter((line) => line.startsWith('{"table"'))
      .map((line) => JSON.parse(line));
    expect(tables.map(({ table }) => table)).toEqual(["cells", "notes", "state_version"]);
  });

  test("that is cut off, or lacks a row, is noticed", async () => {
    const lines = (await dump(filled().query)).slice(1);
    await expect(loadRows(database().query, later(lines.slice(0, -1)))).rejects.toThrow(
      "too early",
    );
    const oneLess = [...lines.slice(0, 5), ...lines.slice(6)];
    await expect(loadRows(database().query, later(oneLess))).rejects.toThrow("rows are missing");
  });

  test("goes into an empty instance only", async () => {
    await expect(assertEmpty(filled().query)).rejects.toThrow("cells has rows");
  });
});

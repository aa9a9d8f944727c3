import { describe, expect, test } from "vitest";
import { readSqlTables } from "./read-sql-tables";

const rows = (dump: string) => readSqlTables(dump, new Set(["keys"])).get("keys");

describe("INSERT", () => {
  test("with names of columns, as D1 exports", () => {
    const dump = `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE \`keys\` (\`id\` text PRIMARY KEY NOT NULL, \`key\` text);
INSERT INTO "keys" ("id","key") VALUES('a','sk-1');
INSERT INTO "keys" ("id","key") VALUES('b',NULL);
CREATE UNIQUE INDEX \`i\` ON \`keys\` (\`id\`);`;
    expect(rows(dump)).toEqual([
      { id: "a", key: "sk-1" },
      { id: "b", key: null },
    ]);
  });

  test("without names, by the order of CREATE TABLE, whose indices are no columns", () => {
    const dump = `CREATE TABLE \`keys\` (
  \`id\` int NOT NULL, \`key\` decimal(10,2) DEFAULT (1), \`note\` text,
  PRIMARY KEY (\`id\`), UNIQUE KEY \`u\` (\`key\`), KEY \`n\` (\`note\`)
) ENGINE=InnoDB;
INSERT INTO \`keys\` VALUES (1,-2.50,'x'),(2,3e2,'y');`;
    expect(rows(dump)).toEqual([
      { id: 1, key: -2.5, note: "x" },
      { id: 2, key: 300, note: "y" },
    ]);
  });

  test("a column may be called key without quotes, as PostgreSQL writes it", () => {
    const dump = `CREATE TABLE public.keys (\n id bigint, key text NOT NULL\n);
INSERT INTO public.keys VALUES (1, E'a\\nb'), (2, 'c\\nd');`;
    expect(rows(dump)).toEqual([
      { id: 1, key: "a\nb" },
      { id: 2, key: "c\\nd" },
    ]);
  });

  test("quotes, semicolons, brackets and statements inside of texts are text", () => {
    const dump = `INSERT INTO log (t) VALUES('x;
INSERT INTO keys (id) VALUES(''planted'');');
INSERT INTO keys (id) VALUES('it''s; (a), "b"');`;
    expect(rows(dump)).toEqual([{ id: `it's; (a), "b"` }]);
  });

  test("MySQL's backslashes escape, SQLite's stand for themselves", () => {
    expect(rows(`-- MySQL dump\nINSERT INTO keys (id) VALUES ('a\\'b\\\\c\\nd');`)).toEqual([
      { id: "a'b\\c\nd" },
    ]);
    expect(rows(`INSERT INTO keys (id) VALUES ('a\\');`)).toEqual([{ id: "a\\" }]);
  });

  test("line breaks as SQLite's dumps write them", () => {
    const dump = `INSERT INTO keys VALUES(1,replace(replace('a\\r\\nb','\\r',char(13)),'\\n',char(10)));
INSERT INTO keys VALUES(2,unistr('c\\u000ad\\\\e'));`;
    expect(rows(`CREATE TABLE keys(id, t);${dump}`)).toEqual([
      { id: 1, t: "a\r\nb" },
      { id: 2, t: "c\nd\\e" },
    ]);
  });

  test("a dump that breaks off gives what is whole", () => {
    expect(rows("INSERT INTO keys (id) VALUES (1), (2), (")).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

test("COPY of pg_dump", () => {
  const dump =
    "COPY public.keys (id, key, note) FROM stdin;\n1\tsk-1\t\\N\n2\tsk-2\ta\\tb\\\\c\n\\.\n\nSELECT 1;\n";
  expect(rows(dump)).toEqual([
    { id: "1", key: "sk-1", note: null },
    { id: "2", key: "sk-2", note: "a\tb\\c" },
  ]);
});

test("other tables are left out, and no dump has none", () => {
  expect(rows("INSERT INTO users (id) VALUES (1);")).toBeUndefined();
  expect(rows("these are words")).toBeUndefined();
});

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeOf, type FileState, watchDatabase, withoutLeftovers } from "./database-watch.ts";

const there = (id: string, isWritable = true): FileState => ({ id, isWritable });
const GONE: FileState = { id: null, isWritable: true };

test.each([
  [there("1"), there("1"), null],
  [there("1"), GONE, "deleted"],
  [there("1"), there("2"), "replaced"],
  [there("1"), there("2", false), "replaced"],
  [there("1"), there("1", false), "read-only"],
  [there("1", false), there("1"), "writable"],
  [null, there("1"), null],
  [null, GONE, "deleted"],
] as const)("from %j to %j: %s", (before, now, change) => {
  expect(changeOf(before, now)).toBe(change);
});

describe("a watch", () => {
  /** What it reports for a file that has these states, one after the other; the last one stays. */
  async function told(...states: readonly FileState[]): Promise<string[]> {
    const changes: string[] = [];
    let looks = 0;
    // Asked about the database, and about the two files next to it.
    const look = async (file: string) => {
      if (file !== "db") return GONE;
      looks += 1;
      return states[Math.min(looks, states.length) - 1] ?? GONE;
    };
    const onChange = async (change: string) => {
      changes.push(change);
    };
    const watch = watchDatabase("db", onChange, look, 1);
    await expect.poll(() => looks).toBeGreaterThan(states.length + 3);
    watch.stop();
    return changes;
  }

  test("says each change once, as soon as it is seen twice", async () => {
    const [ok, readOnly] = [there("1"), there("1", false)];
    // Seen, seen again, and what is open after that.
    const twos = [there("2"), there("2"), there("2")];
    expect(await told(ok, readOnly, readOnly, readOnly, ok, ok, ok)).toEqual([
      "read-only",
      "writable",
    ]);
    expect(await told(ok, ...twos, GONE, GONE, there("3"), there("3"))).toEqual([
      "replaced",
      "deleted",
    ]);
  });

  test("takes a file that is being moved into place for replaced, not deleted", async () => {
    expect(await told(there("1"), GONE, there("2"), there("2"))).toEqual(["replaced"]);
    expect(await told(there("1"), GONE, there("1"), there("1"))).toEqual([]);
  });
});

describe("files beside a database that was replaced", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "one-balance-watch-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("the old one's go, the new one's stay", async () => {
    const file = join(folder, "db");
    for (const ending of ["", "-wal", "-shm", ".new-wal"]) await writeFile(file + ending, ending);
    const watch = watchDatabase(file, async () => {}, undefined, 1);
    await expect.poll(() => watch.beside.size).toBe(2);
    watch.stop();
    await rename(`${file}.new-wal`, `${file}-wal`);
    await withoutLeftovers(watch);
    await expect(writeFile(`${file}-shm`, "", { flag: "wx" })).resolves.toBeUndefined();
    await expect(writeFile(`${file}-wal`, "", { flag: "wx" })).rejects.toThrow("EEXIST");
  });
});

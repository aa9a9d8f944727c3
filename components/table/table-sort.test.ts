import { expect, test } from "vitest";
import { readTableSort, writeTableSort } from "./table-sort";

const COLUMNS = ["createdAt", "weight"];

test.each([
  ["createdAt", { column: "createdAt", isDescending: false }],
  ["-weight", { column: "weight", isDescending: true }],
  ["sealed", null],
  ["--weight", null],
  ["", null],
  [null, null],
])("readTableSort(%j)", (text, sort) => {
  expect(readTableSort(text, COLUMNS)).toEqual(sort);
});

test("what was written is read as it was", () => {
  const sort = { column: "weight", isDescending: true };
  expect(readTableSort(writeTableSort(sort), COLUMNS)).toEqual(sort);
});

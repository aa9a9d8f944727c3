/**
 * No text is expensive: whatever is pasted, twice as much of it takes about twice as long. Each case is compared with
 * itself in one run, so the test works on any machine; a quadratic reader takes sixteen times as long for four times
 * the text.
 */
import { expect, test } from "vitest";
import { readKeyText } from "../../lib/manage/keys/read-key-text.ts";
import { mergeSameKeys } from "../../lib/moving-in/merge-same-keys.ts";
import { readPastedKeys } from "../../lib/moving-in/read-pasted-keys.ts";
import { readSource } from "../../lib/moving-in/read-source.ts";

const FAKE = "sk-fake-aaaaaaaaaaaaaaaa0001";
const many = (text: string) => (count: number) => text.repeat(count);
const around = (before: string, text: string, behind: string) => (count: number) =>
  `${before}${text.repeat(count)}${behind}`;
const numbered = (text: (index: number) => string) => (count: number) =>
  Array.from({ length: count }, (_, index) => text(index)).join("");

/** Texts that grow with a count. Each unit is a few characters, so 40,000 of them are about 100 KB or more. */
const CASES: Readonly<Record<string, (count: number) => string>> = {
  "blanks in a variable": around("A_KEY=x", " ", "y"),
  "blanks before a comment": around("A_KEY=x", " ", "# y"),
  "tabs in a quoted variable": around('A_KEY="x', "\t", '" y'),
  "blanks in a name": around("export", " ", "A=1"),
  "an open quote": around('A_KEY="', "x ", ""),
  "separators at no edge": around("x", ",;|", "x"),
  "quotes among separators": around(`${FAKE} `, "\"' ,", FAKE),
  "brackets around nothing": around("(", "[(", "x"),
  "words in a line": many("word1 "),
  "keys in a line": numbered((index) => `sk-fake-${index}-aaaaaaaaaaaaaaaaaaaa,`),
  "lines of keys": numbered((index) => `sk-fake-${index}-aaaaaaaaaaaaaaaaaaaa\n`),
  "one key again and again": many(`${FAKE}\n`),
  "blank lines": many("\n"),
  "blank lines with blanks": many("  \r\n"),
  "open brackets": many("["),
  "open brackets, a line each": many("{\n"),
  "blocks that are no JSON": many("{x\n}\n"),
  "blocks in blocks that are no JSON": (count) => `${"{\n".repeat(count)}x${"\n}".repeat(count)}`,
  "open texts in brackets": many('["'),
  "JSON on lines": many(`{"key":"${FAKE}"}\n`),
  "deep JSON": (count) => `${"[".repeat(count)}${"]".repeat(count)}`,
  "JSON in JSON": (count) =>
    JSON.stringify({ a: JSON.stringify({ b: [FAKE].concat(Array(count).fill("x")) }) }),
  "a long list": (count) =>
    JSON.stringify(Array.from({ length: count }, (_, i) => `sk-fake-${i}-aaaaaaaaaaaa`)),
  "many fields": (count) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]))),
  "commas too many": (count) => `[${"[1,],".repeat(count)}]`,
  "CSV without keys": (count) => `key,name\n${",x\n".repeat(count)}`,
  "a header without end": around("key", ",a", ""),
  "a dump behind blank lines": around("", "\n", "INSERT INTO keys (key) VALUES ('x');"),
  "a dump before blank lines": around("INSERT INTO keys (key) VALUES ('x');", "\n", ""),
  "blanks in a statement": around("INSERT", " ", "INTO keys (key) VALUES ('x');"),
  "words before INTO": many("\nINSERT a"),
  "open lists of columns": around(
    "INSERT INTO keys (key) VALUES ('x');",
    "\nINSERT INTO keys (",
    "",
  ),
  "open tables": around("INSERT INTO x VALUES (1);", "\nCREATE TABLE keys (", ""),
  "open quotes in tables": around("INSERT INTO x VALUES (1);", "\nCREATE TABLE keys ('", ""),
  "open copies": around("INSERT INTO x VALUES (1);", "\nCOPY keys (a", ""),
  "rows without a backslash": (count) =>
    `-- MySQL dump\nINSERT INTO keys (k, p) VALUES ${"('a','b'),".repeat(count)}('a','b');`,
  "rows of many columns": (count) =>
    `INSERT INTO keys (${"a,".repeat(count)}b) VALUES ${"(1),".repeat(count)}(1);`,
  "calls in calls": (count) => `INSERT INTO keys VALUES (${"a(".repeat(count)}`,
  "longer and longer texts": (count) =>
    `INSERT INTO keys VALUES (${"replace(".repeat(count)}'a'${",'a','aa')".repeat(count)});`,
  "doubled quotes": around("INSERT INTO keys VALUES ('", "''", "');"),
  "no characters": (count) => `INSERT INTO keys VALUES (${"char(99999999),".repeat(count)}1);`,
  "inputs without end": around(
    "showModelCoolings copyToClipboard('x') <input name=\"key_id\"",
    "<input ",
    "",
  ),
  "rests without end": around(
    "copyToClipboard('x') <input name=\"key_id\"",
    "showModelCoolings('",
    "",
  ),
  "cells without end": around(
    "showModelCoolings copyToClipboard('x') <input name=\"key_id\"",
    "copyToClipboard</td> ",
    "",
  ),
  "forms without end": around(
    "showModelCoolings copyToClipboard('x') <input name=\"key_id\"",
    "<form ",
    "",
  ),
  "entities without end": around(
    "showModelCoolings copyToClipboard('x') <input name=\"key_id\">copyToClipboard('",
    "&#9",
    "')",
  ),
};

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  readSource: (text) => mergeSameKeys(readSource(text).keys),
  readPastedKeys,
  readKeyText,
};

/** Doubled until the time is measurable, up to the maximum. */
const LEAST_COUNT = 250;
const MOST_COUNT = 4_000;
const GROWTH = 4;
/** Linear is 4; noise of a busy machine and caches add to it; quadratic would be 16. */
const MOST = 9;
/** Anything faster in total is too short to measure, and harmless. */
const SHORT_MS = 60;

/**
 * This thread's processor time, because another program may use the processor during any run; it is counted in ticks of
 * a few milliseconds. The minimum of several runs, because of the garbage collector.
 */
function leastMs(read: (text: string) => unknown, text: string, runs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const before = process.threadCpuUsage();
    read(text);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

test.each(Object.keys(CASES))("%s", { timeout: 120_000 }, (name) => {
  const text = CASES[name] ?? (() => "");
  for (const [reader, read] of Object.entries(READERS)) {
    let count = LEAST_COUNT;
    let longMs = leastMs(read, text(count * GROWTH), 1);
    for (; longMs < SHORT_MS && count < MOST_COUNT; count *= 2) {
      longMs = leastMs(read, text(2 * count * GROWTH), 1);
    }
    if (longMs < SHORT_MS) continue;
    let shortMs = leastMs(read, text(count), 2);
    for (let tries = 0; tries < 4 && longMs / shortMs > MOST; tries += 1) {
      shortMs = Math.max(shortMs, leastMs(read, text(count), 1));
      longMs = Math.min(longMs, leastMs(read, text(count * GROWTH), 1));
    }
    expect(longMs / shortMs, `${reader}: ${longMs} ms against ${shortMs} ms`).toBeLessThan(MOST);
  }
});

/** The single pass finds what regular expressions for each kind would find. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type QuotedWords, quotedWords } from "./quoted-words";

const ID =
  "(?:file|cfile|batch|msgbatch|resp|conv|thread|run|step|ftjob|upload|vs|vsfb|asst|cntr|container|video|eval|evalrun|skill|chatcmpl|ag|lib)[-_][A-Za-z0-9_-]{4,120}";
const NAME =
  "(?:files|cachedContents|batches|operations|tunedModels|fileSearchStores|corpora|interactions)/";
const SHAPED = new RegExp(`(?<=["/])(${ID}|${NAME}(?!${ID}")[A-Za-z0-9_-]{4,120})(?=")`, "g");
const REFERENCE =
  /"(?:(?:assistant|batch|container|conversation|response|thread|previous_?(?:response|interaction))_?id|(?:input_?)?file_?ids?|vector_?store_?ids?|cached_?content|container|conversation|file_?uri|file_?search_?store_?names|(?:training|validation)_?file)"/i;
const ITEM =
  /"item_reference"|\{\s*"id"\s*:\s*"[a-z]+_[A-Za-z0-9]+"\s*(?:,\s*"type"\s*:\s*null\s*)?\}/;

function slowly(text: string): QuotedWords {
  return {
    namesReference: REFERENCE.test(text),
    namesItem: ITEM.test(text),
    shaped: [...new Set([...text.matchAll(SHAPED)].map(([id]) => id))].filter((id) =>
      /[\dA-Z/]/.test(id),
    ),
  };
}

const part = fc.oneof(
  fc.constantFrom(
    '"',
    '"',
    '"',
    "/",
    "{",
    "}",
    ":",
    ",",
    " ",
    "\n",
    "\\",
    "é",
    "-",
    "_",
    "id",
    "null",
  ),
  fc.constantFrom(
    "file-abc123",
    "files",
    "files/",
    "batches",
    "abcdefgh",
    "a",
    "resp_01234",
    "ag-x",
  ),
  fc.constantFrom(
    "file_id",
    "FileIds",
    "previous_response_id",
    "container",
    "conversation",
    "type",
  ),
  fc.constantFrom("item_reference", '{"id":"msg_0a18"}', '{ "id" : "rs_1" , "type" : null }'),
  fc.constantFrom('"file_search_store_names"', "x".repeat(120), "y".repeat(121), "cachedContents/"),
);

test("ids, fields for ids and items are found wherever they stand", () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      const text = parts.join("");
      expect(quotedWords(text, 1_000)).toEqual(slowly(text));
    }),
    { numRuns: 20_000 },
  );
});

test("more ids than wanted are not collected", () => {
  const text = JSON.stringify(Array.from({ length: 9 }, (_, index) => `file-abcd${index}`));
  expect(quotedWords(text, 4).shaped).toHaveLength(4);
});

test("names of tools don't take the place of ids", () => {
  const tools = Array.from({ length: 9 }, (_, index) => `run_${"abcdefghi"[index]}command`);
  expect(quotedWords(JSON.stringify([...tools, "file-abcd1"]), 2).shaped).toEqual(["file-abcd1"]);
});

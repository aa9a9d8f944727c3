/** Parsers of files, pasted text and encrypted text. */
import fc from "fast-check";
import { expect } from "vitest";
import { decrypt } from "../../lib/crypto/archive-cipher.ts";
import { BackupError } from "../../lib/crypto/backup-error.ts";
import { redact } from "../../lib/crypto/redact.ts";
import { openSealed, SealError } from "../../lib/crypto/seal.ts";
import { readPastedKeys } from "../../lib/moving-in/read-pasted-keys.ts";
import { readSource } from "../../lib/moving-in/read-source.ts";
import { readSqlTables } from "../../lib/moving-in/read-sql-tables.ts";
import { parseForwarded } from "../../scripts/front/forwarded-header.ts";
import { ConfigError } from "../../scripts/setup/config-error.ts";
import { parseJsonTree, plainValue } from "../../scripts/setup/json-tree.ts";
import { jsonValue, mangled, nearlyJson, soup } from "./foreign-text.ts";
import type { FuzzProperty } from "./fuzz-property.ts";

const SQL_PIECES = [
  ...[
    "INSERT INTO ",
    '"channels"',
    "`api_keys`",
    "channels",
    " (",
    ")",
    " VALUES ",
    ",",
    ";",
    "\n",
  ],
  ...["'", "''", "\\'", "sk-proj-0123456789abcdefghij", "NULL", "1", "--", "/*", "*/", "id", "key"],
  ...["CREATE TABLE ", "COPY ", "\\.", "\t", "X'00'"],
] as const;
const PASTED_PIECES = [
  ...["OPENAI_API_KEY=", "sk-proj-0123456789abcdefghij", "AIzaSyA-0123456789abcdefghij", ",", ";"],
  ...[
    "\n",
    "\r\n",
    " ",
    "\t",
    '"',
    "'",
    "#",
    "export ",
    "{",
    "}",
    "[",
    "]",
    ":",
    "gsk_0123456789abcdef",
  ],
  ...["model_list:", "- api_key: ", "os.environ/", "é"],
] as const;

const sources = fc.oneof(
  soup(PASTED_PIECES),
  soup(SQL_PIECES),
  nearlyJson,
  mangled(
    jsonValue.map((value) =>
      JSON.stringify({ data: [value], keys: [{ key: "sk-1", ...Object(value) }] }),
    ),
    PASTED_PIECES,
  ),
);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Whether something fails with an error of this class, and no other. */
async function failsAs(run: () => Promise<unknown>, kind: typeof SealError | typeof BackupError) {
  try {
    await run();
    return false;
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    return true;
  }
}

export const fileParsers: readonly FuzzProperty[] = [
  {
    parser: "lib/moving-in/read-source.ts",
    holds: "reads any export of any tool, and any other text",
    property: fc.property(
      sources,
      fc.constantFrom("", "keys-openai-valid.txt", ".env"),
      (text, name) => readSource(text, name).keys.every(({ text: key }) => typeof key === "string"),
    ),
  },
  {
    parser: "lib/moving-in/read-pasted-keys.ts",
    holds: "reads any pasted text; each key it returns is in it",
    property: fc.property(soup(PASTED_PIECES), (text) =>
      readPastedKeys(text).keys.every((key) => key.text !== "" && text.includes(key.text)),
    ),
  },
  {
    parser: "lib/moving-in/read-sql-tables.ts",
    holds: "reads any dump",
    property: fc.property(soup(SQL_PIECES), (text) =>
      [...readSqlTables(text, new Set(["channels", "api_keys"])).values()].every(Array.isArray),
    ),
  },
  {
    parser: "lib/crypto/redact.ts",
    holds: "leaves no known secret in any text",
    property: fc.property(soup(PASTED_PIECES, 6), soup(PASTED_PIECES, 6), (before, after) => {
      const secret = "sk-proj-0123456789abcdefghij";
      return !redact(`${before}${secret}${after}`, [secret]).includes(secret);
    }),
  },
  {
    parser: "lib/crypto/seal.ts",
    holds: "opens only what was sealed, and reports anything else",
    property: fc.asyncProperty(soup(["v1", "v2", ".", "abcd", "-_", "=", "é", "AAAA"], 9), (text) =>
      failsAs(
        () =>
          openSealed(
            text,
            { current: "s".repeat(32), previous: null },
            { id: "key_1", provider: "openai" },
          ),
        SealError,
      ),
    ),
    weight: 0.3,
  },
  {
    parser: "lib/crypto/archive-cipher.ts",
    holds: "opens only backups, and reports anything else",
    property: fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), (bytes) =>
      failsAs(async () => {
        for await (const _ of decrypt(once(bytes), "passphrase", 1)) return;
      }, BackupError),
    ),
    weight: 0.3,
  },
  {
    parser: "scripts/front/forwarded-header.ts",
    holds: "reads any `Forwarded` into pairs",
    property: fc.property(
      soup(["for=", "proto=", "by=", '"', "\\", ";", ",", " ", "[::1]", "1.2.3.4:80", "_x", "é"]),
      (text) =>
        parseForwarded(text).every((hop) =>
          [...hop.keys()].every((key) => key === key.toLowerCase()),
        ),
    ),
  },
  {
    parser: "scripts/setup/json-tree.ts",
    holds: "agrees with JSON.parse, and rejects invalid JSON with our error",
    property: fc.property(nearlyJson, (text) => {
      const read = parsed(() => plainValue(parseJsonTree(text)));
      const known = parsed(() => JSON.parse(text));
      if (known.kind === "value") expect(read).toEqual(known);
      return read.kind === "value" || read.error instanceof ConfigError;
    }),
  },
];

function parsed(read: () => unknown) {
  try {
    return { kind: "value", value: read() } as const;
  } catch (error) {
    return { kind: "refused", error } as const;
  }
}

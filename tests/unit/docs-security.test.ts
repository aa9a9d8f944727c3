/** docs/security.md lists exactly what the registry and the proxy withhold. */
import { describe, expect, test } from "vitest";
import { CALLER_GATEWAY_SETTINGS } from "../../lib/providers/gateway-settings.ts";
import { providers } from "../../lib/providers/registry.ts";
import type { FieldNames } from "../../lib/providers/types.ts";
import {
  CREDENTIAL_HEADERS,
  CREDENTIAL_QUERY,
} from "../../lib/proxy/request/request-credential.ts";
import {
  ADDRESS_HEADERS,
  BROWSER_HEADERS,
  CALLER_PREFIXES,
} from "../../lib/proxy/route/caller-headers.ts";
import { codeSpans, readDocument, tableRows } from "../docs/markdown.ts";

const written = ({ headers = [], query = [], subprotocols = [] }: FieldNames) => [
  ...headers,
  ...query.map((name) => `?${name}`),
  ...subprotocols.map((prefix) => `${prefix}…`),
];

describe.each(["docs/security.md", "docs/zh/security.md"])("%s", (path) => {
  const document = readDocument(path);
  const spans = (rows: string[][]) => rows.map((cells) => cells.slice(1).map(codeSpans));

  test("lists what every provider withholds; the others take the usual header alone", () => {
    const usual = [["authorization"], []];
    const expected = providers
      .map(({ withholds }) => [written(withholds.credentials), written(withholds.accounts)])
      .filter((fields) => JSON.stringify(fields) !== JSON.stringify(usual));
    expect(spans(tableRows(document, "checked against the code: withheld"))).toEqual(expected);
  });

  test("lists what says who or where the caller is", () => {
    expect(spans(tableRows(document, "checked against the code: caller headers"))).toEqual([
      [[...CREDENTIAL_HEADERS, ...CREDENTIAL_QUERY.map((name) => `?${name}`)]],
      [[...BROWSER_HEADERS]],
      [[...ADDRESS_HEADERS]],
      [CALLER_PREFIXES.map((prefix) => `${prefix}…`)],
    ]);
  });

  test("names the settings of AI Gateway that a caller may set", () => {
    const line = document.split("\n").find((each) => each.includes("cf-aig-")) ?? "";
    expect(codeSpans(line)).toEqual([...CALLER_GATEWAY_SETTINGS]);
  });
});

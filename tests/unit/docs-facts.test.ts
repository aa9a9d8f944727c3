/** Tables and examples of the documents agree with the code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAuthKey } from "../../lib/db/tokens/parse-auth-key.ts";
import { CHECKS } from "../../lib/manage/examine/examination.ts";
import { SOURCE_FORMS } from "../../lib/moving-in/source-key.ts";
import { providers } from "../../lib/providers/registry.ts";
import type { ErrorFormat } from "../../lib/providers/types.ts";
import { errorResponse } from "../../lib/proxy/answer/error-response.ts";
import { ProxyError, type ProxyErrorCode } from "../../lib/proxy/proxy-error.ts";
import { root } from "../../scripts/root.ts";
import { SERVER_VARIABLES, settingsFrom } from "../../scripts/settings.ts";
import { codeSpans, readDocument, snippet, tableRows } from "../docs/markdown.ts";

const errors = readDocument("docs/errors.md");

const source = (path: string) => readFileSync(join(root, path), "utf8");

/** The members of a string union, as listed in its source. */
function unionMembers(path: string, type: string): string[] {
  const [, members = ""] =
    new RegExp(`export type ${type} =([\\s\\S]*?);\n`).exec(source(path)) ?? [];
  return [...members.matchAll(/\| "(\w+)"/g)].map(([, member = ""]) => member);
}

test("the README counts the providers", () => {
  const [, count] =
    /\[(\d+) providers\]\(docs\/providers\.md\)/.exec(readDocument("README.md")) ?? [];
  expect(Number(count), "run `npx node scripts/generate-docs.ts`").toBe(providers.length);
});

describe("docs/settings.md", () => {
  test("lists every setting", () => {
    const rows = tableRows(readDocument("docs/settings.md"), "checked against the code: settings");
    const listed = rows.flatMap(([name = ""]) => codeSpans(name));
    const example = [...source(".dev.vars.example").matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual([...SERVER_VARIABLES, ...example].toSorted());
    const ofServer: readonly string[] = SERVER_VARIABLES;
    const ofWorker = listed.filter((name) => !ofServer.includes(name));
    const values = ofWorker.map((name) => [name, name === "AI_GATEWAY_URL" ? "http://x" : "1"]);
    expect(Object.keys(settingsFrom(Object.fromEntries(values), {}).vars).toSorted()).toEqual(
      ofWorker.toSorted(),
    );
  });
});

test("docs/operations.md lists every figure for Prometheus", () => {
  const rows = tableRows(readDocument("docs/operations.md"), "checked against the code: metrics");
  const written = source("lib/manage/usage/read-metrics.ts").matchAll(
    /(?:head|histogram)\(\s*"(one_balance_\w+)"/g,
  );
  expect(rows.flatMap(([name = ""]) => codeSpans(name)).toSorted()).toEqual(
    [...written].map(([, name]) => name).toSorted(),
  );
});

test("docs/tokens.md has an AUTH_KEY that means what it says", () => {
  const shown = snippet(readDocument("docs/tokens.md"), "checked against the code: auth-key");
  expect(parseAuthKey(shown)).toEqual({
    definitions: [
      {
        text: "k1",
        scopes: [{ provider: "openai", models: ["gpt-5-mini", "gpt-5-nano"] }],
        expiresAtMs: null,
      },
      { text: "k2", scopes: null, expiresAtMs: null },
      {
        text: "k3",
        scopes: [
          { provider: "anthropic", models: null },
          { provider: "google-ai-studio", models: ["gemini-*"] },
        ],
        expiresAtMs: 1_893_456_000_000,
      },
    ],
    problems: [],
  });
});

describe("docs/errors.md", () => {
  test("lists every code with its status", () => {
    const listed = tableRows(errors, "checked against the code: codes").map(
      ([code = "", status]) => [codeSpans(code)[0], Number(status)],
    );
    const codes = unionMembers("lib/proxy/proxy-error.ts", "ProxyErrorCode") as ProxyErrorCode[];
    expect(codes).toContain("no_provider_keys");
    expect(listed).toEqual(codes.map((code) => [code, new ProxyError(code, "").status]));
  });

  test.each<[ErrorFormat, string]>([
    ["openai", "There is no usable OpenAI key for gpt-5-mini in the pool."],
    ["anthropic", "There is no usable Anthropic key for claude-haiku-4-5 in the pool."],
    ["google", "There is no usable Google AI Studio key for gemini-2.5-flash in the pool."],
  ])("shows the shape for %s", async (format, message) => {
    const requestId = "the value of x-one-balance-request-id";
    const error = new ProxyError("no_provider_keys", message);
    const shown = JSON.parse(snippet(errors, `checked against the code: shape ${format}`));
    const listener = { format, requestId, attempts: 0, headers: new Headers(), nowMs: 0 };
    expect(await errorResponse(error, listener).json()).toEqual(shown);
  });
});

test("docs/command-line.md lists every check of the doctor", () => {
  const rows = tableRows(readDocument("docs/command-line.md"), "checked against the code: checks");
  expect(rows.flatMap(([check = ""]) => codeSpans(check))).toEqual([...CHECKS]);
});

test("docs/moving-in.md lists every form", () => {
  const rows = tableRows(readDocument("docs/moving-in.md"), "checked against the code: forms");
  expect(rows.flatMap(([, form = ""]) => codeSpans(form)).toSorted()).toEqual(
    [...SOURCE_FORMS].toSorted(),
  );
});

test("CONTRIBUTING.md shows a provider file as it is", () => {
  const shown = snippet(readDocument("CONTRIBUTING.md"), "checked against the code: cerebras");
  expect(source("lib/providers/vendors/cerebras.ts")).toContain(shown);
});

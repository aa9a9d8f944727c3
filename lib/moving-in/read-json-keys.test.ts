/** JSON by its structure: a key's provider, and whether it is disabled, wherever and however the file says so. */
import { describe, expect, test } from "vitest";
import { readSource } from "./read-source";
import { offStateOf } from "./switched-off";

const key = (make: string, index: number) => `${make}-${"Ab9".repeat(8)}${index}`;
const A = key("sk-proj", 1);
const B = key("sk-proj", 2);
const D = "sk-0123456789abcdef0123456789abcde4";

const found = (json: unknown) =>
  readSource(typeof json === "string" ? json : JSON.stringify(json)).keys.map((each) => ({
    text: each.text,
    hint: each.hint,
    ...(each.baseUrl !== null && { baseUrl: each.baseUrl }),
    ...(each.state.kind !== "active" && { state: each.state.kind }),
  }));

const account = (index: number) => ({
  type: "service_account",
  project_id: `p${index}`,
  private_key: '-----BEGIN PRIVATE KEY-----\nfake, "quoted" {braces}\n-----END PRIVATE KEY-----\n',
  client_email: `a@p${index}.iam.gserviceaccount.com`,
});

describe("providers beside, above, or as names", () => {
  test.each<[what: string, json: unknown]>([
    ["beside the list", { version: 1, provider: "openai", keys: [{ name: "p", apiKey: A }, B] }],
    ["as the name of the list", { openai: [A, B] }],
    ["as the name of records", { openai: [{ key: A }, { value: B }] }],
    [
      "beside each",
      [
        { provider: "openai", key: A },
        { service: "openai", api_key: B },
      ],
    ],
    [
      "as the name of an object with keys",
      { providers: { openai: { keys: [{ value: A }, { value: B }] } } },
    ],
    ["in a list of providers", { providers: [{ name: "openai", api_keys: [A, B] }] }],
    [
      "in a list, by id",
      { llm: { providers: [{ id: "openai", apiKey: `${A},${B}`, models: [] }] } },
    ],
    [
      "above, two levels",
      { data: { openai: { accounts: { items: [{ token: A }, { token: B }] } } } },
    ],
    ["several keys in one text", { openai: { apiKey: `${A}, ${B}` } }],
    ["as a record of one key each", { openai: { api_key: A, tokens: [B] } }],
  ])("%s", (what, json) => {
    const keys = found(json);
    expect(keys.map(({ hint }) => hint)).toEqual(
      what.includes("one key each") ? ["openai"] : ["openai", "openai"],
    );
    expect(keys[0]?.text).toBe(A);
  });

  test("a backup in which JSON stands in texts, with addresses that decide alone", () => {
    const providers = [
      {
        id: "deepseek",
        type: "openai",
        apiKey: D,
        apiHost: "https://api.deepseek.com",
        enabled: true,
      },
      {
        id: "openai",
        type: "openai",
        apiKey: A,
        apiHost: "https://relay.example.com",
        enabled: false,
      },
      { id: "groq", type: "openai", apiKey: "", apiHost: "https://api.groq.com/openai" },
    ];
    const state = JSON.stringify({
      llm: JSON.stringify({ providers }),
      settings: JSON.stringify({ theme: "dark" }),
    });
    const backup = {
      time: 1,
      version: 4,
      localStorage: { "persist:cherry-studio": state },
      indexedDB: {},
    };
    expect(found(backup)).toEqual([
      { text: D, hint: "deepseek", baseUrl: "https://api.deepseek.com" },
      { text: A, hint: "openai", baseUrl: "https://relay.example.com", state: "disabled" },
    ]);
  });

  test("a value that stands elsewhere is left out with its reason, and the others are read", () => {
    const config = {
      providers: {
        openai: { keys: [{ name: "k", value: A, models: ["gpt-5-mini"], weight: 1 }] },
        anthropic: { keys: [{ name: "k", value: "env.ANTHROPIC_API_KEY", models: [], weight: 1 }] },
      },
    };
    const source = readSource(JSON.stringify(config));
    expect(source.keys).toMatchObject([
      { text: A, hint: "openai", settings: { remark: "k", models: ["gpt-5-mini"], weight: 1 } },
    ]);
    expect(source.leftOut).toEqual([{ position: 1, why: "elsewhere" }]);
    expect(source.skipped).toBe(1);
  });
});

describe("service accounts", () => {
  const one = account(1);
  const two = account(2);
  const pretty = (value: unknown) => JSON.stringify(value, null, 2);
  test.each<[string, string, number]>([
    ["one", JSON.stringify(one), 1],
    ["one, printed", pretty(one), 1],
    ["a list", JSON.stringify([one, two]), 2],
    ["a list, printed", pretty([one, two]), 2],
    ["lines with commas", `${JSON.stringify(one)},\n${JSON.stringify(two)}`, 2],
    ["lines", `${JSON.stringify(one)}\n${JSON.stringify(two)}\n`, 2],
    ["printed, a comma between", `${pretty(one)},\n${pretty(two)}`, 2],
    ["printed, nothing between", `${pretty(one)}\n\n${pretty(two)}`, 2],
    ["printed on one another's lines", `${pretty(one)}, ${pretty(two)}`, 2],
    [
      "Windows line ends, a comment before",
      `# mine\r\n${pretty(one).replaceAll("\n", "\r\n")},\r\n${pretty(two)}`,
      2,
    ],
    ["as texts", JSON.stringify([JSON.stringify(one), JSON.stringify(two)]), 2],
    ["with a comma too many", `[\n${pretty(one)},\n${pretty(two)},\n]`, 2],
    ["as a variable", `GOOGLE_CREDENTIALS=${JSON.stringify(one)}`, 1],
    ["as a variable in quotes", `export GOOGLE_CREDENTIALS='${JSON.stringify(one)}'`, 1],
    [
      "as a variable over many lines",
      `# project 1\nGOOGLE_CREDENTIALS='${pretty(one)}'\nGOOGLE_CREDENTIALS_2='${pretty(two)}'\n`,
      2,
    ],
    ["as a variable with escaped quotes", `GOOGLE_KEY=${JSON.stringify(JSON.stringify(one))}`, 1],
  ])("%s", (_, text, count) => {
    const keys = found(text);
    expect(keys.map(({ hint }) => hint)).toEqual(
      Array.from({ length: count }, () => "google-vertex-ai"),
    );
    expect(keys.map(({ text }) => JSON.parse(text))).toEqual([one, two].slice(0, count));
  });
});

test("a private key whose JSON cannot be read is left out, and in no note", () => {
  const { keys, leftOut } = readSource(
    `GOOGLE_CREDENTIALS={"private_key": "-----BEGIN Ab9Ab9Ab9\n`,
  );
  expect(keys).toEqual([]);
  expect(leftOut).toEqual([{ position: 1, why: "no-key" }]);
});

test("in a list of providers a name is the provider's", () => {
  const providers = [
    { id: "0b9c1c1e-58f1-4f6c-9e53-000000000000", name: "DeepSeek", apiKey: D },
    { id: "openai", name: "Ours", apiKey: A },
  ];
  expect(found({ providers }).map(({ hint }) => hint)).toEqual(["DeepSeek", "openai"]);
  expect(found({ keys: [{ name: "Bob's", key: A }] })).toEqual([{ text: A, hint: null }]);
});

test("lists printed over lines, among other lines, keep their line numbers", () => {
  const text = `# keys\n[\n  "${A}",\n  "${B}",\n]\nGROQ_API_KEY=${D}\n{"broken": \n`;
  const { keys, leftOut } = readSource(text);
  expect(keys.map(({ text, position }) => [position, text])).toEqual([
    [2, A],
    [2, B],
    [6, D],
  ]);
  expect(leftOut).toEqual([
    { position: 1, why: "comment" },
    { position: 7, why: "no-key" },
  ]);
});

describe("what is switched off stays off", () => {
  const OFF = [
    ...[{ isActive: false }, { is_active: "false" }, { enabled: false }, { enabled: "no" }],
    ...[
      { disabled: true },
      { isDisabled: "TRUE" },
      { disabled: 1 },
      { active: 0 },
      { Active: "0" },
    ],
    ...[
      { status: "disabled" },
      { status: "Inactive" },
      { status: 2 },
      { status: "2" },
      { state: "off" },
    ],
    ...[
      { status: "manually_disabled" },
      { status: false },
      { paused: true },
      { revoked: true },
      { status: "禁用" },
    ],
    ...[
      { deactivated: true },
      { turned_off: "yes" },
      { valid: false },
      { is_usable: 0 },
      { 启用: "否" },
      { 禁用: true },
    ],
    ...[{ disabled_at: "2026-05-01T10:00:00Z" }, { deletedAt: 1780000000 }],
  ];
  const ON = [
    ...[
      {},
      { isActive: true },
      { enabled: "true" },
      { disabled: false },
      { disabled: "false" },
      { active: 1 },
    ],
    ...[{ status: 1 }, { status: "active" }, { status: "ok" }, { enabled: null }, { paused: "no" }],
    ...[
      { deleted_at: null },
      { disabledAt: "" },
      { revoked_at: "0000-00-00 00:00:00" },
      { expired_at: "2099-01-01" },
      { banned: false },
      { status: { enabled: true } },
    ],
  ];

  test.each(OFF)("%j", (flag) => {
    const record = { provider: "openai", key: A, ...flag };
    expect(found([record])).toMatchObject([{ state: "disabled" }]);
    expect(found({ provider: "openai", ...flag, keys: [A] })).toMatchObject([
      { state: "disabled" },
    ]);
    const columns = Object.entries(record);
    const csv = `${columns.map(([name]) => name).join()}\n${columns.map(([, value]) => value).join()}`;
    expect(found(csv)).toMatchObject([{ text: A, state: "disabled" }]);
  });

  test.each(ON)("%j is on", (flag) => {
    expect(found([{ provider: "openai", key: A, ...flag }])).toEqual([{ text: A, hint: "openai" }]);
  });

  test("below what is off nothing is on, and what the program itself blocked is blocked", () => {
    expect(
      found({ openai: { enabled: false, keys: [{ value: A, enabled: true }] } }),
    ).toMatchObject([{ state: "disabled" }]);
    expect(
      found([
        { key: A, status: 3 },
        { key: B, status: "invalid" },
        { key: key("sk-proj", 3), is_banned: true },
      ]),
    ).toMatchObject([{ state: "blocked" }, { state: "blocked" }, { state: "blocked" }]);
  });

  test("a state that is a record of its own", () => {
    expect(found([{ key: A, status: { enabled: false } }])).toMatchObject([{ state: "disabled" }]);
  });

  test("no field says nothing", () => {
    expect(offStateOf(() => undefined)).toBeNull();
    expect(offStateOf(() => ({}))).toBeNull();
  });
});

test("what is nested deeper than it reads is skipped, and reported", () => {
  const deep = `${'{"a":['.repeat(3_000)}"${A}"${"]}".repeat(3_000)}`;
  expect(readSource(deep).leftOut).toEqual([{ position: 1, why: "too-deep" }]);
});

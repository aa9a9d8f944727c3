import { describe, expect, test } from "vitest";
import { growth, LINEAR } from "../../tests/growth";
import { readPastedKeys } from "./read-pasted-keys";

const texts = (pasted: string) => readPastedKeys(pasted).keys.map(({ text }) => text);

/** Line, text and what else was found. */
const found = (pasted: string) =>
  readPastedKeys(pasted).keys.map(({ line, text, hint, settings, repeats }) => ({
    line,
    text,
    ...(hint && { hint }),
    ...settings,
    ...(repeats && { repeats }),
  }));

const A = "sk-fake-aaaaaaaaaaaaaaaa0001";
const B = "sk-fake-bbbbbbbbbbbbbbbb0002";
const C = "gsk_fakeCCCCCCCCCCCCCCCCCCCCC03";

describe("lists", () => {
  test.each([
    ["one a line", `${A}\n${B}\n${C}`],
    ["Windows and old Mac line ends, blank lines", `${A}\r\n\r\n${B}\r${C}\r\n`],
    ["commas", `${A},${B}, ${C}`],
    ["semicolons and tabs", `${A};${B}\t${C}`],
    ["blanks", `  ${A}   ${B} ${C} `],
    ["quotes and a comma at each end", `"${A}",\n'${B}',\n\`${C}\`;`],
    ["bullets and numbers", `- ${A}\n* ${B}\n3. ${C}`],
    ["a JSON list", JSON.stringify([A, B, C])],
    ["a JSON list over lines", JSON.stringify([A, B, C], null, 2)],
    ["a list as code", `keys = [\n  "${A}",\n  "${B}",\n  "${C}",\n]`],
    ["a byte order mark", `\uFEFF${A}\n${B}\n${C}`],
  ])("%s", (_, pasted) => {
    expect(texts(pasted)).toEqual([A, B, C]);
  });

  test("words beside a key are its remark, wherever they stand", () => {
    expect(found(`${A}, Team A`)).toEqual([{ line: 1, text: A, remark: "Team A" }]);
    expect(found(`alice@example.com ${A}`)).toEqual([
      { line: 1, text: A, remark: "alice@example.com" },
    ]);
    expect(found(`Team A: ${A}`)).toEqual([{ line: 1, text: A, remark: "Team A" }]);
    expect(found(`alice=${A}`)).toEqual([{ line: 1, text: A, remark: "alice" }]);
    expect(found(`team-2024 ${A}`)).toEqual([{ line: 1, text: A, remark: "team-2024" }]);
    expect(found(`${A} | "old, but works"`)).toEqual([
      { line: 1, text: A, remark: "old, but works" },
    ]);
  });

  test("short keys of one make beside each other are keys, not remarks", () => {
    expect(texts("sk-fake-1, sk-fake-2")).toEqual(["sk-fake-1", "sk-fake-2"]);
  });

  test("a repeat names the line of the first", () => {
    expect(found(`${A}\n${B}\n${A}`)).toEqual([
      { line: 1, text: A },
      { line: 2, text: B },
      { line: 3, text: A, repeats: 1 },
    ]);
  });

  test("padding, colons and dots stay part of a key", () => {
    const keys = [
      "QUtJQTEyMzQ1Njc4OTA==",
      "0a1b2c3d-0000-4000-8000-000000000000:f4k3f4k3f4k3",
      "AQ.f4ke_key-1",
    ];
    expect(texts(keys.join("\n"))).toEqual(keys);
  });

  test("comments, prose, addresses and blank lines are skipped and counted", () => {
    expect(
      readPastedKeys(`# mine\nHere are the keys:\nhttps://example.com/keys/1\n\n${A}`),
    ).toMatchObject({
      keys: [{ text: A, line: 5 }],
      skipped: 3,
    });
    expect(readPastedKeys("")).toEqual({ keys: [], skipped: 0, left: [] });
  });
});

describe("a .env file", () => {
  test("variables name the provider; those that are no credentials are skipped", () => {
    const pasted = [
      "# keys of the team",
      `OPENAI_API_KEY=${A}`,
      `export GROQ_API_KEY="${C}"  # Bob's`,
      "NODE_ENV=production",
      "DATABASE_URL=postgres://u:f4kepassword123456789@db/x",
      `GEMINI_KEYS='${A},${B}'`,
      "EMPTY_KEY=",
      `  "anthropic_api_key": "${B}",`,
    ].join("\n");
    expect(found(pasted)).toEqual([
      { line: 2, text: A, hint: "OPENAI_API_KEY" },
      { line: 3, text: C, hint: "GROQ_API_KEY", remark: "Bob's" },
      { line: 6, text: A, hint: "GEMINI_KEYS", repeats: 2 },
      { line: 6, text: B, hint: "GEMINI_KEYS" },
      { line: 8, text: B, hint: "anthropic_api_key", repeats: 6 },
    ]);
    expect(readPastedKeys(pasted).skipped).toBe(4);
  });

  test("as JSON", () => {
    expect(found(JSON.stringify({ OPENAI_API_KEY: A, PORT: 8787 }))).toEqual([
      { line: 1, text: A, hint: "OPENAI_API_KEY" },
    ]);
  });
});

describe("tables", () => {
  test("CSV with header, quotes and commas inside", () => {
    const csv = `API Key,Note,Weight,priority,quota_domain,models,provider
${A},"Team A, Berlin",5,2,org-1,gpt-4o|gpt-5*,openai
"${B}","said ""hi""",,,,,
`;
    expect(found(csv)).toEqual([
      {
        line: 2,
        text: A,
        hint: "openai",
        remark: "Team A, Berlin",
        weight: 5,
        priority: 2,
        quotaDomain: "org-1",
        models: ["gpt-4o", "gpt-5*"],
      },
      { line: 3, text: B, remark: 'said "hi"' },
    ]);
  });

  test("tabs, semicolons, a Chinese header, rows without a key", () => {
    expect(found(`name\tkey\nTeam A\t${A}`)).toEqual([{ line: 2, text: A, remark: "Team A" }]);
    expect(found(`key;remark\n${A};Team A`)).toEqual([{ line: 2, text: A, remark: "Team A" }]);
    expect(found(`密钥,备注\n${A},甲组`)).toEqual([{ line: 2, text: A, remark: "甲组" }]);
    expect(readPastedKeys(`key,remark\n${A},x\n,nothing`)).toMatchObject({ skipped: 1 });
  });

  test("JSON records, alone, in a list, one a line", () => {
    const record = { key: A, remark: "Team A", weight: 3, models: ["m1", "m2"] };
    const expected = { text: A, remark: "Team A", weight: 3, models: ["m1", "m2"] };
    expect(found(JSON.stringify(record))).toEqual([{ line: 1, ...expected }]);
    expect(found(JSON.stringify([{ key: B }, record]))).toEqual([
      { line: 1, text: B },
      { line: 2, ...expected },
    ]);
    expect(found(`${JSON.stringify({ api_key: B })}\n${JSON.stringify(record)}`)).toEqual([
      { line: 1, text: B },
      { line: 2, ...expected },
    ]);
  });

  test("a service account's file is one key, as it is", () => {
    const account = { type: "service_account", private_key: "fake\nkey", client_email: "a@b.c" };
    expect(found(JSON.stringify(account, null, 2))).toEqual([
      { line: 1, text: JSON.stringify(account), hint: "google-vertex-ai" },
    ]);
    expect(found(`${JSON.stringify(account)}\n${JSON.stringify(account)}`)).toEqual([
      { line: 1, text: JSON.stringify(account), hint: "google-vertex-ai" },
      { line: 2, text: JSON.stringify(account), hint: "google-vertex-ai", repeats: 1 },
    ]);
  });
});

describe("for keys of every make, in every dress", () => {
  /** Deterministic numbers in [0, 1): mulberry32. */
  function random(seed: number) {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }
  const MAKES: readonly (readonly [prefix: string, length: number, alphabet: string])[] = [
    ["sk-proj-", 120, "abcdefghijkABCDEFGHIJK0123456789_-"],
    ["sk-ant-api03-", 90, "abcdefghijkABCDEFGHIJK0123456789_-"],
    ["AIzaSy", 33, "abcdefghijkABCDEFGHIJK0123456789_-"],
    ["gsk_", 52, "abcdefghijkABCDEFGHIJK0123456789"],
    ["hf_", 34, "abcdefghijkABCDEFGHIJK0123456789"],
    ["", 40, "0123456789abcdef"],
  ];
  const DRESSES: Readonly<Record<string, (keys: readonly string[]) => string>> = {
    lines: (keys) => keys.join("\n"),
    quoted: (keys) => keys.map((key) => `"${key}",`).join("\r\n"),
    commas: (keys) => keys.join(", "),
    json: (keys) => JSON.stringify(keys),
    env: (keys) => keys.map((key, index) => `MY_API_KEY_${index}='${key}'`).join("\n"),
    csv: (keys) => `key,remark\n${keys.map((key, index) => `${key},"no. ${index}, x"`).join("\n")}`,
    remarks: (keys) =>
      keys.map((key, index) => `${index + 1}. ${key} - by Bob, ${index}`).join("\n"),
  };

  test.each(Object.keys(DRESSES))("%s: each key is found once, in order", (dress) => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = random(seed);
      const [prefix, length, alphabet] = MAKES[seed % MAKES.length] ?? ["", 40, "0123456789abcdef"];
      const letter = () => alphabet[Math.floor(next() * alphabet.length)] ?? "0";
      const keys = Array.from(
        { length: 1 + Math.floor(next() * 12) },
        () => `${prefix}${Array.from({ length: length - 2 }, letter).join("")}a1`,
      );
      expect(texts(DRESSES[dress]?.(keys) ?? "")).toEqual([...keys]);
    }
  });

  test("no remark holds a key", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = random(seed);
      const parts = [A, B, C, "team-2024", "alice@example.com", "old one", "7"];
      const line = parts
        .toSorted(() => next() - 0.5)
        .join([" ", ", ", ";", "\t", " | "][seed % 5] ?? " ");
      const { keys } = readPastedKeys(line);
      expect(keys.map(({ text }) => text).toSorted()).toEqual([A, B, C].toSorted());
      for (const { settings } of keys) expect(settings.remark).not.toMatch(/fake/);
    }
  });

  test("8 times as many keys take about 8 times as long", () => {
    const pasted = (count: number) =>
      Array.from({ length: count }, (_, index) => `sk-fake-${index}-${A}, no. ${index}`).join("\n");
    expect(texts(pasted(5_000))).toHaveLength(5_000);
    expect(growth(pasted, texts, 250)).toBeLessThan(LINEAR);
  });
});

import { describe, expect, test } from "vitest";
import { mergeSameKeys } from "./merge-same-keys";
import { readSource } from "./read-source";

const A = "sk-fake-aaaaaaaaaaaaaaaa0001";
const B = "sk-fake-bbbbbbbbbbbbbbbb0002";

const only = (text: string, fileName?: string) => {
  const source = readSource(text, fileName);
  expect(source.keys).toHaveLength(1);
  return { form: source.form, ...source.keys[0] };
};

describe("one-balance", () => {
  const COLUMNS = `"id","key","provider","model_coolings","total_cooling_seconds","status","remark"`;
  const insert = (values: string) => `INSERT INTO "keys" (${COLUMNS}) VALUES(${values});`;

  test("a dump of its D1 keeps remark, state and cooldowns", () => {
    const dump = [
      insert(
        `'1','${A}','google-ai-studio','{"gemini-2.5-pro":{"end_at":1900000000,"total_seconds":60}}',60,'active','it''s mine'`,
      ),
      insert(`'2','${B}','openai',NULL,0,'blocked',NULL`),
    ].join("\n");
    expect(readSource(dump)).toMatchObject({
      form: "one-balance",
      keys: [
        {
          text: A,
          position: 1,
          service: "google-ai-studio",
          settings: { remark: "it's mine" },
          state: { kind: "active" },
          cooldowns: [{ model: "gemini-2.5-pro", untilMs: 1_900_000_000_000 }],
        },
        { text: B, service: "openai", settings: {}, state: { kind: "blocked" }, cooldowns: [] },
      ],
    });
  });

  test("the same as JSON of wrangler d1 execute", () => {
    const row = { key: A, provider: "openai", model_coolings: null, status: "active", remark: "r" };
    expect(only(JSON.stringify([{ results: [row], success: true }]))).toMatchObject({
      form: "one-balance",
      text: A,
      settings: { remark: "r" },
    });
  });

  test("a saved page of its keys", () => {
    const page = `<a href="/keys/openai?status=active">OpenAI</a>
<form id="search-form" method="GET" action="/keys/google-ai-studio" class="hidden">
<input type="hidden" name="status" value="blocked"></form>
<tr><td><input type="checkbox" name="key_id" value="u-1"></td>
<td><div><code onclick="copyToClipboard('${A}', this)"><span>sk-f...0001</span></code></div></td>
<td class="p-4">Tom &amp; Ann</td>
<td><span onclick="showModelCoolings('{&quot;m&quot;:{&quot;end_at&quot;:1900000000,&quot;total_seconds&quot;:1}}', 'sk-f...')">1m</span></td></tr>`;
    expect(only(page)).toMatchObject({
      form: "one-balance",
      text: A,
      service: "google-ai-studio",
      settings: { remark: "Tom & Ann" },
      state: { kind: "blocked", meaning: "key_blocked" },
      cooldowns: [{ model: "m", untilMs: 1_900_000_000_000 }],
    });
  });
});

describe("gpt-load", () => {
  test("a dump tells the address by the key's group", () => {
    const dump = `INSERT INTO \`groups\` (\`id\`,\`name\`,\`upstreams\`,\`channel_type\`) VALUES (7,'pool-a','[{"url":"https://api.groq.com/openai","weight":1}]','openai');
INSERT INTO \`api_keys\` (\`id\`,\`key_value\`,\`group_id\`,\`status\`,\`notes\`) VALUES (1,'${A}',7,'invalid','old');`;
    expect(only(dump)).toMatchObject({
      form: "gpt-load",
      text: A,
      hint: "pool-a",
      baseUrl: "https://api.groq.com/openai",
      settings: { remark: "old" },
      state: { kind: "blocked", meaning: "key_doubtful" },
    });
  });

  test("the name of an exported file tells group and state", () => {
    const source = readSource(`${A}\n${B}\n`, "keys-gemini-invalid.txt");
    expect(source).toMatchObject({
      form: "gpt-load",
      keys: [
        { text: A, hint: "gemini", state: { kind: "blocked" } },
        { text: B, hint: "gemini", state: { kind: "blocked" } },
      ],
    });
  });

  test("keys that it encrypted are reported, not imported", () => {
    const row = { key_value: "ab".repeat(60), group_id: 1, status: "active" };
    expect(readSource(JSON.stringify({ code: 0, data: { items: [row] } }))).toMatchObject({
      form: "gpt-load",
      keys: [],
      unusable: [{ position: 1, problem: "sealed" }],
    });
  });
});

describe("channels", () => {
  const channel = (more: object) => ({
    id: 1,
    type: 1,
    key: A,
    status: 1,
    name: "main",
    models: "",
    group: "default",
    base_url: "",
    ...more,
  });
  const read = (...channels: object[]) =>
    readSource(JSON.stringify({ success: true, data: channels }));

  test("new-api: many keys in a channel, each with its state and the reason", () => {
    const info = {
      is_multi_key: true,
      multi_key_status_list: { 1: 3 },
      multi_key_disabled_reason: { 1: "Incorrect API key provided" },
    };
    const source = read(channel({ key: `${A}\n${B}`, channel_info: info, tag: "t" }));
    expect(source).toMatchObject({
      form: "new-api",
      keys: [
        { text: A, service: "openai", state: { kind: "active" }, settings: { remark: "main, t" } },
        {
          text: B,
          state: { kind: "blocked", meaning: "key_doubtful", words: "Incorrect API key provided" },
        },
      ],
    });
  });

  test("numbers of services mean what the program means by them", () => {
    expect(read(channel({ type: 36, auto_ban: 1 })).keys[0]?.service).toBe("type 36");
    expect(read(channel({ type: 43, auto_ban: 1 })).keys[0]?.service).toBe("deepseek");
    const oneApi = read(channel({ type: 36 }));
    expect([oneApi.form, oneApi.keys[0]?.service]).toEqual(["one-api", "deepseek"]);
  });

  test("models by the names of the service; priorities turned round; a person's switch stays off", () => {
    const source = read(
      channel({
        models: "gpt-4o,fast,",
        model_mapping: '{"fast":"gpt-4o-mini"}',
        weight: 500,
        priority: 0,
      }),
      channel({ key: B, priority: 10, status: 2 }),
    );
    expect(source.keys).toMatchObject([
      { settings: { models: ["gpt-4o", "gpt-4o-mini"], weight: 100, priority: 1 } },
      { settings: { weight: 1, priority: 0 }, state: { kind: "disabled" } },
    ]);
  });

  test("an address of its own is kept, with the version that was added on the way", () => {
    const urls = ["https://relay.example.com/", "https://relay.example.com/api/v3"].map(
      (base_url) => read(channel({ base_url })).keys[0]?.baseUrl,
    );
    expect(urls).toEqual(["https://relay.example.com/v1", "https://relay.example.com/api/v3"]);
  });

  test("pairs that sign requests are no keys", () => {
    expect(read(channel({ type: 33, key: "AKIAFAKE|secret|us-east-1" }))).toMatchObject({
      keys: [],
      unusable: [{ position: 1, problem: "pair" }],
    });
  });

  test("a dump of SQLite, without names of columns", () => {
    const dump = `CREATE TABLE \`channels\` (\`id\` integer,\`type\` integer DEFAULT 0,\`key\` text NOT NULL,\`models\` text,\`group\` varchar(64) DEFAULT 'default',\`channel_info\` json,PRIMARY KEY (\`id\`));
INSERT INTO channels VALUES(1,14,replace('${A}\\n${B}','\\n',char(10)),'claude-haiku-4-5','default','{"is_multi_key":true}');`;
    expect(readSource(dump).keys).toMatchObject([
      { text: A, service: "anthropic", settings: { models: ["claude-haiku-4-5"] } },
      { text: B, service: "anthropic" },
    ]);
  });
});

describe("LiteLLM", () => {
  const config = `
environment_variables:
  OWN_KEY: ${B}
model_list:
  - model_name: fast
    litellm_params: { model: gemini/gemini-2.5-flash, api_key: "${A}", rpm: 10 }
  - model_name: smart
    litellm_params:
      model: gemini/gemini-2.5-pro
      api_key: "${A}"
  - model_name: all
    litellm_params: { model: "openai/*", api_key: os.environ/OWN_KEY, organization: org-1 }
  - model_name: elsewhere
    litellm_params: { model: openai/gpt-5, api_key: os.environ/MISSING }
  - model_name: vllm
    litellm_params: { model: hosted_vllm/llama, api_base: "https://llm.example.com/v1", litellm_credential_name: shared }
  - model_name: local
    litellm_params: { model: ollama/llama }
credential_list:
  - credential_name: shared
    credential_values: { api_key: sk-fake-credential-0001 }
general_settings:
  master_key: sk-fake-master-00000001
`;

  test("one key for several models is one key", () => {
    const source = readSource(config, "config.yaml");
    const { keys, repeated } = mergeSameKeys(source.keys);
    expect(source.form).toBe("litellm");
    expect(repeated).toBe(1);
    expect(keys).toMatchObject([
      {
        text: A,
        service: "google-ai-studio",
        settings: { models: ["gemini-2.5-flash", "gemini-2.5-pro"] },
      },
      { text: B, service: "openai", settings: { quotaDomain: "org-1" } },
      {
        text: "sk-fake-credential-0001",
        service: "hosted-vllm",
        baseUrl: "https://llm.example.com/v1",
        settings: { remark: "shared", models: ["llama"] },
      },
    ]);
    expect(keys[1]?.settings.models).toBeUndefined();
  });

  test("variables that the file lacks are reported, the proxy's own key is skipped", () => {
    const source = readSource(config);
    expect(source.unusable).toEqual([{ position: 4, problem: "elsewhere" }]);
    expect(JSON.stringify(source)).not.toContain("master");
    expect(source.skipped).toBe(1);
  });

  test("invalid YAML is reported by line, and not searched for keys", () => {
    const broken = `model_list: [\n  {a: 1}\n  b: {\ngeneral_settings: {master_key: ${A}}`;
    expect(readSource(broken)).toMatchObject({
      form: "litellm",
      keys: [],
      unusable: [{ position: expect.any(Number), problem: "malformed" }],
    });
  });
});

describe("texts", () => {
  test("a .env file, with the names of its variables", () => {
    expect(only(`OPENAI_API_KEY="${A}" # team a\nPORT=80`)).toMatchObject({
      form: "text",
      text: A,
      hint: "OPENAI_API_KEY",
      service: null,
      settings: { remark: "team a" },
    });
  });

  test("CSV with states, as One Balance exports it", () => {
    const csv = `id,provider,key,masked,status,remark,weight\npk_1,openai,${A},sk…1,disabled,mine,3`;
    expect(only(csv)).toMatchObject({
      hint: "openai",
      state: { kind: "disabled" },
      settings: { remark: "mine", weight: 3 },
    });
  });

  test("a dump without a known table holds no key", () => {
    expect(readSource(`INSERT INTO "tokens" ("token") VALUES('${A}');`).keys).toEqual([]);
  });

  test("JSON of no known tool", () => {
    expect(only(JSON.stringify([{ key: A, type: "x" }])).form).toBe("text");
  });
});

describe("merging", () => {
  const key = readSource(A).keys;

  test("a key that works somewhere works; the longest rest counts", () => {
    const [first] = key;
    if (first === undefined) throw new Error("no key");
    const rest = (untilMs: number) => [{ model: "m", untilMs }];
    const { keys } = mergeSameKeys([
      { ...first, state: { kind: "disabled" }, cooldowns: rest(1) },
      { ...first, cooldowns: rest(2), settings: { remark: "second" } },
    ]);
    expect(keys).toMatchObject([
      { state: { kind: "active" }, cooldowns: rest(2), settings: { remark: "second" } },
    ]);
  });

  test("the same text at two addresses is two keys", () => {
    const [first] = key;
    if (first === undefined) throw new Error("no key");
    const elsewhere = { ...first, baseUrl: "https://relay.example.com/v1" };
    expect(mergeSameKeys([first, elsewhere])).toMatchObject({ repeated: 0 });
  });
});

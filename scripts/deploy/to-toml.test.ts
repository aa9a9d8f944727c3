import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { experimental_readRawConfig as readRawConfig } from "wrangler";
import { toToml } from "./to-toml.ts";

test("wrangler reads what was written", async () => {
  const config = {
    name: "one-balance",
    compatibility_flags: ["nodejs_compat", 'odd "flag"'],
    keep_vars: true,
    limits: { cpu_ms: 30_000 },
    d1_databases: [{ binding: "DB", database_id: "a-b" }],
    vars: { "A_B-1": 'é \\ " \t \u007f', "with space": "" },
    empty: [],
  };
  const file = join(tmpdir(), `one-balance-${crypto.randomUUID()}.toml`);
  await writeFile(file, toToml({ ...config, absent: undefined }));
  expect(readRawConfig({ config: file }).rawConfig).toEqual(config);
});

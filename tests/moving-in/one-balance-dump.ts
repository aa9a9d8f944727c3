/**
 * A database of glidea/one-balance as `wrangler d1 export` writes it, filled with fake keys: three providers, notes
 * with quotes and line breaks, blocked keys, cooldowns that have ended and others that haven't.
 * @module
 */

/** As created by that project's migration. */
const SCHEMA = `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE \`keys\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`key\` text NOT NULL,
	\`provider\` text NOT NULL,
	\`model_coolings\` text,
	\`total_cooling_seconds\` integer DEFAULT 0 NOT NULL,
	\`status\` text DEFAULT 'active' NOT NULL,
	\`remark\` text,
	\`created_at\` integer DEFAULT (strftime('%s', 'now')) NOT NULL,
	\`updated_at\` integer DEFAULT (strftime('%s', 'now')) NOT NULL
);`;

const COLUMNS =
  '"id","key","provider","model_coolings","total_cooling_seconds","status","remark","created_at","updated_at"';

export interface DumpedKey {
  readonly text: string;
  readonly provider: string;
  readonly status: "active" | "blocked";
  readonly remark: string | null;
  /** When its only cooldown ends; null if it has none, or one that has ended. */
  readonly coolsUntilMs: number | null;
}

const PROVIDERS = ["google-ai-studio", "openai", "groq"] as const;

export function oneBalanceDump(
  count: number,
  nowMs: number,
): { readonly sql: string; readonly keys: readonly DumpedKey[] } {
  const keys: DumpedKey[] = [];
  const lines = [SCHEMA];
  const nowS = Math.floor(nowMs / 1000);
  for (let index = 0; index < count; index++) {
    const provider = PROVIDERS[index % PROVIDERS.length] ?? "openai";
    // None, one that has ended, or one that hasn't.
    const coolsForS = [7_200, -60][index % 7];
    const coolings =
      coolsForS === undefined
        ? null
        : JSON.stringify({ [MODEL]: { total_seconds: 60, end_at: nowS + coolsForS } });
    const key: DumpedKey = {
      text: keyOf(provider, index),
      provider,
      status: index % 10 === 0 ? "blocked" : "active",
      remark: index % 4 === 0 ? null : `team ${index % 5}'s; "no. ${index}"\nsecond line`,
      coolsUntilMs: index % 7 === 0 ? (nowS + 7_200) * 1000 : null,
    };
    keys.push(key);
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    const texts = [id, key.text, provider, coolings];
    const values = [
      ...texts.map(literal),
      60,
      literal(key.status),
      literal(key.remark),
      nowS,
      nowS,
    ];
    lines.push(`INSERT INTO "keys" (${COLUMNS}) VALUES(${values.join()});`);
  }
  lines.push("CREATE UNIQUE INDEX `provider_key_unq_idx` ON `keys` (`provider`,`key`);");
  return { sql: lines.join("\n"), keys };
}

export const MODEL = "gemini-2.5-pro";

function keyOf(provider: string, index: number): string {
  const number = String(index).padStart(7, "0");
  if (provider === "google-ai-studio") return `AIzaFake${"x".repeat(24)}${number}`;
  return provider === "openai" ? `sk-proj-fake${number}` : `gsk_fake${number}`;
}

/** Line breaks are in a call, as in SQLite's dumps. */
function literal(value: string | null): string {
  if (value === null) return "NULL";
  const quoted = `'${value.replaceAll("'", "''").replaceAll("\n", "\\n")}'`;
  return value.includes("\n") ? `replace(${quoted},'\\n',char(10))` : quoted;
}

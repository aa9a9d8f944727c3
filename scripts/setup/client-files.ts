/**
 * The files that clients read, and their content for the pool.
 *
 * Sources: code.claude.com "Settings", developers.openai.com/codex "Advanced configuration", Gemini CLI's
 * "Authentication" (`~/.gemini/.env`) and `security.auth` of its settings, opencode.ai "Config".
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  claudeCodeVariables,
  codexConfig,
  geminiCliVariables,
  opencodeConfig,
  type PoolAddress,
  PROVIDER_ID,
} from "../../lib/snippets/client-config.ts";
import type { ModelChoice } from "./choose-model.ts";
import { type ConfigFormat, codexFormat, envFormat, jsonFormat } from "./config-formats.ts";

export type SetUpClient = "claude-code" | "codex" | "gemini-cli" | "opencode";

export interface ClientFile {
  readonly path: string;
  readonly format: ConfigFormat;
}

/** Where clients look for their files. */
export interface Surroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ClientSetup {
  readonly label: string;
  /** Starts it. */
  readonly command: string;
  /** The provider whose API it uses, with its own models; null if its model is configured. */
  readonly door: "anthropic" | "google-ai-studio" | null;
  /** Variables that a shell may have, which take precedence over its files. */
  readonly overriding: readonly string[];
  files(pool: PoolAddress, choice: ModelChoice, surroundings: Surroundings): readonly ClientFile[];
  /** What its first file says about us; empty texts if nothing. */
  saved(values: unknown): {
    readonly address: string;
    readonly token: string;
    readonly model: string;
  };
}

/** If an earlier run named models, and this one doesn't. */
const NO_MODELS = { ANTHROPIC_MODEL: undefined, ANTHROPIC_DEFAULT_HAIKU_MODEL: undefined };

export const SETUPS: Readonly<Record<SetUpClient, ClientSetup>> = {
  "claude-code": {
    label: "Claude Code",
    command: "claude",
    door: "anthropic",
    overriding: ["ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"],
    files: (pool, { own }, { home, env }) => [
      {
        path: join(env.CLAUDE_CONFIG_DIR ?? join(home, ".claude"), "settings.json"),
        format: jsonFormat(
          Object.entries({ ...NO_MODELS, ...claudeCodeVariables(pool, own) }).map(
            ([name, value]) => [["env", name], value] as const,
          ),
        ),
      },
    ],
    saved: (values) => ({
      address: at(values, "env", "ANTHROPIC_BASE_URL"),
      token: at(values, "env", "ANTHROPIC_AUTH_TOKEN"),
      model: at(values, "env", "ANTHROPIC_MODEL"),
    }),
  },
  codex: {
    label: "Codex",
    command: "codex",
    door: null,
    overriding: [],
    files: (pool, { model }, { home, env }) => [
      {
        path: join(env.CODEX_HOME ?? join(home, ".codex"), "config.toml"),
        format: codexFormat(codexConfig(pool, model)),
      },
    ],
    saved: (values) => ({
      address: at(values, "model_providers", PROVIDER_ID, "base_url"),
      token: at(values, "model_providers", PROVIDER_ID, "experimental_bearer_token"),
      model: at(values, "model_provider") === PROVIDER_ID ? at(values, "model") : "",
    }),
  },
  "gemini-cli": {
    label: "Gemini CLI",
    command: "gemini",
    door: "google-ai-studio",
    overriding: ["GOOGLE_GEMINI_BASE_URL", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_MODEL"],
    files: (pool, { own }, { home }) => [
      {
        path: join(home, ".gemini/.env"),
        format: envFormat(geminiCliVariables(pool, own)),
      },
      {
        path: join(home, ".gemini/settings.json"),
        format: jsonFormat([[["security", "auth", "selectedType"], "gemini-api-key"]]),
      },
    ],
    saved: (values) => ({
      address: at(values, "GOOGLE_GEMINI_BASE_URL"),
      token: at(values, "GEMINI_API_KEY"),
      model: at(values, "GEMINI_MODEL"),
    }),
  },
  opencode: {
    label: "opencode",
    command: "opencode",
    door: null,
    overriding: ["OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT"],
    files: (pool, { model, others }, { home, env }) => {
      const folder = join(env.XDG_CONFIG_HOME ?? join(home, ".config"), "opencode");
      const commented = join(folder, "opencode.jsonc");
      const config = opencodeConfig(pool, [model, ...others]);
      return [
        {
          path: existsSync(commented) ? commented : join(folder, "opencode.json"),
          format: jsonFormat([
            [["model"], config.model],
            [["provider", PROVIDER_ID], config.provider[PROVIDER_ID]],
          ]),
        },
      ];
    },
    saved: (values) => ({
      address: at(values, "provider", PROVIDER_ID, "options", "baseURL"),
      token: at(values, "provider", PROVIDER_ID, "options", "apiKey"),
      model: at(values, "model").replace(new RegExp(`^${PROVIDER_ID}/`), ""),
    }),
  },
};

/** A text deep in what was read; empty for none. */
function at(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (outer, name) =>
      typeof outer === "object" && outer !== null
        ? (outer as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
  return typeof found === "string" ? found : "";
}

/**
 * The configuration of clients that read a file or variables: the only source of what the portal shows and of what `npx
 * one-balance setup` writes. Pure; runs in the browser.
 * @module
 */

export interface PoolAddress {
  /** The portal's, without a trailing slash. */
  readonly origin: string;
  readonly token: string;
}

/** The name under which clients list us next to other providers. */
export const PROVIDER_ID = "one-balance";
const PROVIDER_NAME = "One Balance";

/** Variables by their names. */
export type Variables = Readonly<Record<string, string>>;

/**
 * @param model Null for Claude Code's own choice, at Anthropic's entry point. Any other model uses the shared entry
 * point, and so do its small calls, for which the pool may have no model of Anthropic's.
 */
export function claudeCodeVariables({ origin, token }: PoolAddress, model: string | null) {
  return {
    ANTHROPIC_BASE_URL: model === null ? `${origin}/api/anthropic` : origin,
    ANTHROPIC_AUTH_TOKEN: token,
    ...(model !== null && { ANTHROPIC_MODEL: model, ANTHROPIC_DEFAULT_HAIKU_MODEL: model }),
  } satisfies Variables;
}

/**
 * @param model Null for Gemini CLI's own choice, at Google's entry point. Any other model uses the shared entry point.
 */
export function geminiCliVariables({ origin, token }: PoolAddress, model: string | null) {
  return {
    GOOGLE_GEMINI_BASE_URL: model === null ? `${origin}/api/google-ai-studio` : origin,
    GEMINI_API_KEY: token,
    ...(model !== null && { GEMINI_MODEL: model }),
  } satisfies Variables;
}

/** At the address that serves every model, converted if its provider doesn't support Codex's API. */
export function codexConfig({ origin, token }: PoolAddress, model: string) {
  return {
    model,
    model_provider: PROVIDER_ID,
    model_providers: {
      [PROVIDER_ID]: {
        name: PROVIDER_NAME,
        base_url: `${origin}/v1`,
        experimental_bearer_token: token,
        wire_api: "responses",
        request_max_retries: 1,
        stream_max_retries: 2,
      },
    },
  };
}

/** @param models The available ones, the default before all others. */
export function opencodeConfig(
  { origin, token }: PoolAddress,
  models: readonly [string, ...string[]],
) {
  return {
    $schema: "https://opencode.ai/config.json",
    model: `${PROVIDER_ID}/${models[0]}`,
    provider: {
      [PROVIDER_ID]: {
        npm: "@ai-sdk/openai-compatible",
        name: PROVIDER_NAME,
        options: { baseURL: `${origin}/v1`, apiKey: token },
        models: Object.fromEntries(models.map((each) => [each, {}])),
      },
    },
  };
}

/** Texts and numbers of a table, as TOML: its strings have JSON's syntax. */
export function tomlEntries(table: Readonly<Record<string, string | number>>): string {
  return Object.entries(table)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join("\n");
}

/** Codex's configuration in two parts, because top-level entries must precede any table. */
export function codexToml(config: ReturnType<typeof codexConfig>): { top: string; table: string } {
  const { model_providers, ...top } = config;
  const [[id, provider] = ["", {}]] = Object.entries(model_providers);
  return {
    top: tomlEntries(top),
    table: `[model_providers.${id}]\n${tomlEntries(provider)}`,
  };
}

/**
 * What clients are told that read a file or variables: the one source of what the portal shows and of what
 * `npx one-balance setup` writes. Pure; runs in the browser.
 * @module
 */

export interface PoolAddress {
  /** Of the portal, without a trailing slash. */
  readonly origin: string;
  readonly token: string;
}

/** Under this name clients keep us beside other providers. */
export const PROVIDER_ID = "one-balance";
const PROVIDER_NAME = "One Balance";

/** Variables by their names. */
export type Variables = Readonly<Record<string, string>>;

/**
 * @param model Null for Claude Code's own choice, at Anthropic's door. Any other model is asked for at the shared door,
 * by its small calls too, for which the pool may have no model of Anthropic's.
 */
export function claudeCodeVariables({ origin, token }: PoolAddress, model: string | null) {
  return {
    ANTHROPIC_BASE_URL: model === null ? `${origin}/api/anthropic` : origin,
    ANTHROPIC_AUTH_TOKEN: token,
    ...(model !== null && { ANTHROPIC_MODEL: model, ANTHROPIC_DEFAULT_HAIKU_MODEL: model }),
  } satisfies Variables;
}

/** @param model Null for Gemini CLI's own choice, at Google's door. Any other model is asked for at the shared door. */
export function geminiCliVariables({ origin, token }: PoolAddress, model: string | null) {
  return {
    GOOGLE_GEMINI_BASE_URL: model === null ? `${origin}/api/google-ai-studio` : origin,
    GEMINI_API_KEY: token,
    ...(model !== null && { GEMINI_MODEL: model }),
  } satisfies Variables;
}

/** At the address where every model is served, converted where its provider does not speak Codex's API. */
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

/** @param models What can be chosen, the one that is asked for at first before all others. */
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

/** Texts and numbers of a table, as TOML: its strings are written as JSON has them. */
export function tomlEntries(table: Readonly<Record<string, string | number>>): string {
  return Object.entries(table)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join("\n");
}

/** Codex's configuration in two parts, since what stands at the top must come before any table. */
export function codexToml(config: ReturnType<typeof codexConfig>): { top: string; table: string } {
  const { model_providers, ...top } = config;
  const [[id, provider] = ["", {}]] = Object.entries(model_providers);
  return {
    top: tomlEntries(top),
    table: `[model_providers.${id}]\n${tomlEntries(provider)}`,
  };
}

/**
 * The grammar of `AUTH_KEY`: definitions separated by `;`, each `key`, then optionally `(unixSeconds)`
 * for its expiry, then optionally `=` and what it may use: providers separated by `&`, each followed by
 * `,`-separated models if only these are allowed.
 *
 *     k1=openai,gpt-4o,gpt-4o-mini;k2;k3(1758077793)=google-ai-studio&anthropic,claude-*
 * @module
 */
import type { AccessScope } from "../../proxy/ports";

export interface AuthKeyDefinition {
  readonly text: string;
  readonly scopes: readonly AccessScope[] | null;
  /** Epoch milliseconds; null for never. */
  readonly expiresAtMs: number | null;
}

export interface AuthKeys {
  readonly definitions: readonly AuthKeyDefinition[];
  /** What is wrong with skipped definitions, without the tokens themselves. */
  readonly problems: readonly string[];
}

/** A definition that can't be parsed grants no access. */
export function parseAuthKey(setting: string): AuthKeys {
  const definitions: AuthKeyDefinition[] = [];
  const problems: string[] = [];
  for (const [index, source] of setting.split(";").entries()) {
    if (source.trim() === "") continue;
    const parsed = parseDefinition(source);
    if (typeof parsed === "string") problems.push(`definition ${index + 1}: ${parsed}`);
    else definitions.push(parsed);
  }
  return { definitions, problems };
}

function parseDefinition(source: string): AuthKeyDefinition | string {
  const equals = source.indexOf("=");
  const head = (equals === -1 ? source : source.slice(0, equals)).trim();
  const [, text, seconds] = /^([^()\s]+)(?:\(\s*(\d{1,11})\s*\))?$/.exec(head) ?? [];
  if (text === undefined) return "expected a key, or key(unix seconds), before `=`";
  const expiresAtMs = seconds === undefined ? null : Number(seconds) * 1_000;
  if (equals === -1) return { text, scopes: null, expiresAtMs };

  const scopes: AccessScope[] = [];
  for (const part of source.slice(equals + 1).split("&")) {
    const [provider, ...models] = part.split(",").map((name) => name.trim());
    if (!provider || models.includes("")) return "expected provider,model,… after `=` and `&`";
    scopes.push({ provider, models: models.length === 0 ? null : models });
  }
  return { text, scopes, expiresAtMs };
}

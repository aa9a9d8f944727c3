/**
 * Answers of the admin API, for its OpenAPI document. Times are epoch milliseconds.
 * @module
 */
import { z } from "zod";
import { undoProviderKeysInput } from "./provider-key-schemas";

const epochMs = z.int().meta({ description: "Epoch milliseconds" });
const names = z.array(z.string()).nullable().meta({ description: "Null for all" });
const nextCursor = z.string().nullable().meta({ description: "Null on the last page" });

export const addedProviderKeys = z.strictObject({
  added: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.strictObject({ index: z.int(), reason: z.string() })),
});

export const providerKeyPage = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      provider: z.string(),
      masked: z.string(),
      status: z.enum(["active", "blocked", "disabled"]),
      cooldowns: z.array(
        z.strictObject({
          model: z.string().meta({
            description: "* for every model; empty for calls that name none",
          }),
          untilMs: epochMs,
          reason: z.string(),
        }),
      ),
      reason: z.string().nullable(),
      remark: z.string().nullable(),
      weight: z.int(),
      priority: z.int(),
      quotaDomain: z.string().nullable(),
      models: names,
      createdAt: epochMs,
      lastUsedAt: epochMs.nullable(),
    }),
  ),
  nextCursor,
});

export const deletedProviderKeys = z.strictObject({ deleted: z.int() });

export const changedProviderKeys = z.strictObject({
  changed: z.int(),
  undo: undoProviderKeysInput.nullable().meta({ description: "Null where there is no way back" }),
});

export const undoneProviderKeys = z.strictObject({ changed: z.int() });

export const resealedProviderKeys = z.strictObject({
  resealed: z.int().meta({ description: "By this call" }),
  remaining: z.int().meta({ description: "Still under the previous secret; at 0 it may go" }),
  unopenable: z.int().meta({ description: "Sealed under neither secret" }),
  damaged: z.array(z.string()).meta({ description: "Ids of keys found damaged" }),
});

export const checkedProviderKey = z.strictObject({
  outcome: z.enum(["good", "bad", "unclear", "unreachable", "no_check"]),
  meaning: z.string().nullable(),
  status: z.int().nullable().meta({ description: "The provider's HTTP status" }),
  words: z.string().meta({ description: "The provider's words, redacted" }),
});

export const createdAccessToken = z.strictObject({
  id: z.string(),
  token: z.string().meta({ description: "Shown only here" }),
});

export const rotatedAccessToken = createdAccessToken.extend({ oldExpiresAt: epochMs });

export const accessTokenPage = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      masked: z.string(),
      status: z.enum(["active", "paused", "revoked"]),
      providers: names,
      models: names,
      expiresAt: epochMs.nullable(),
      rpm: z.int().nullable(),
      tpm: z.int().nullable(),
      dailyRequests: z.int().nullable(),
      dailyTokens: z.int().nullable(),
      dailyCostUsd: z.number().nullable(),
      monthlyCostUsd: z.number().nullable(),
      createdAt: epochMs,
      lastUsedAt: epochMs.nullable(),
      owner: z
        .strictObject({ id: z.string(), name: z.string() })
        .nullable()
        .meta({ description: "Null for the team's" }),
      rotatedTo: z.string().nullable().meta({ description: "Id of the token in its place" }),
    }),
  ),
  nextCursor,
});

export const customProviderList = z.strictObject({
  items: z.array(
    z.strictObject({
      slug: z.string(),
      label: z.string(),
      baseUrl: z.string(),
      keyHeader: z.string(),
      keyPrefix: z.string(),
      protocol: z.enum(["openai", "anthropic", "google"]),
      keys: z.int().meta({ description: "Keys in its pool, in whatever state" }),
      createdAt: epochMs,
    }),
  ),
});

export const removedCustomProvider = z.strictObject({
  keysLeft: z.int().meta({ description: "Keys of its pool, unusable without it" }),
});

export const errorAnswer = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  }),
});

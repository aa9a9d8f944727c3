/**
 * Responses of the admin API, for its OpenAPI document. Times are epoch milliseconds.
 * @module
 */
import { z } from "zod";
import { ALIAS_CHOICES, ALIAS_CONVERSIONS, CAPABILITIES } from "../models/model-alias";
import { PRIORITY_CLASSES, TOKEN_LIMITS } from "../usage/token-limits";
import { OUTCOMES } from "../usage/types";
import { undoProviderKeysInput } from "./keys/provider-key-schemas";
import { limitAnswers } from "./usage/budget-answer-schemas";

const epochMs = z.int().meta({ description: "Epoch milliseconds" });
const names = z.array(z.string()).nullable().meta({ description: "Null for all" });
const nextCursor = z.string().nullable().meta({ description: "Null on the last page" });

/** `GET /api/quota`, which the proxy serves (`lib/proxy/own/quota-answer.ts`). */
export const quotaAnswer = z.strictObject({
  token: z.strictObject({ name: z.string(), expiresAt: epochMs.nullable() }),
  limits: z.array(
    z.strictObject({
      of: z
        .enum(["token", "member", "group", "tag"])
        .meta({ description: "All but a token's limits apply to several tokens together" }),
      limit: z.enum(TOKEN_LIMITS),
      most: z.number(),
      used: z.number(),
      held: z.number().meta({ description: "By running requests of the isolate that responds" }),
      left: z.number(),
      renewsAt: epochMs.nullable().meta({
        description: "Epoch milliseconds when more of it is available; null if nothing is used",
      }),
    }),
  ),
  models: z.array(
    z.strictObject({
      model: z.string().meta({ description: "As a request names it" }),
      isReady: z.boolean(),
      readyAt: epochMs
        .nullable()
        .meta({ description: "Epoch milliseconds; null: no key serves it" }),
    }),
  ),
});

export const addedProviderKeys = z.strictObject({
  added: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.strictObject({ index: z.int(), reason: z.string() })),
});

const limitRule = z.strictObject({
  model: z.string(),
  rpm: z.int().nullable(),
  tpm: z.int().nullable(),
  dailyRequests: z.int().nullable(),
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
            description: "* for every model; empty for requests that name none",
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
      groups: names.meta({ description: "Ids of the groups that it serves; null: everyone" }),
      models: names,
      limits: z.array(limitRule).nullable(),
      concurrentRequests: z.int().nullable(),
      dailyCostUsd: z.number().nullable(),
      monthlyCostUsd: z.number().nullable(),
      createdAt: epochMs,
      lastUsedAt: epochMs.nullable(),
    }),
  ),
  nextCursor,
});

export const deletedProviderKeys = z.strictObject({ deleted: z.int() });

export const changedProviderKeys = z.strictObject({
  changed: z.int(),
  undo: undoProviderKeysInput.nullable().meta({ description: "Null if it can't be undone" }),
});

export const undoneProviderKeys = z.strictObject({ changed: z.int() });

export const resealedProviderKeys = z.strictObject({
  resealed: z.int().meta({ description: "By this request" }),
  remaining: z.int().meta({
    description:
      "Under the previous secret, or not bound to a row yet; at 0 you can remove that secret",
  }),
  unopenable: z.int().meta({ description: "Encrypted under neither secret" }),
  damaged: z.array(z.string()).meta({ description: "Ids of keys that can't be decrypted" }),
});

export const checkedProviderKey = z.strictObject({
  outcome: z.enum(["good", "bad", "unclear", "unreachable", "no_check"]),
  meaning: z.string().nullable(),
  status: z.int().nullable().meta({ description: "The provider's HTTP status" }),
  words: z.string().meta({ description: "The provider's message, redacted" }),
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
      forAdminApi: z.boolean().meta({ description: "Acts in the admin API as its owner" }),
      expiresAt: epochMs.nullable(),
      ...limitAnswers,
      limitCeilings: z.partialRecord(z.enum(TOKEN_LIMITS), z.number()).nullable().meta({
        description: "Maximum limits, set by an admin: the owner can raise limits up to these",
      }),
      weight: z.int(),
      priorityClass: z.enum(PRIORITY_CLASSES),
      maxWaitSeconds: z.int().nullable(),
      unpricedReserveUsd: z.number().nullable(),
      fixedTags: z.record(z.string(), z.string()).nullable(),
      requiredTags: z.array(z.string()).nullable(),
      createdAt: epochMs,
      lastUsedAt: epochMs.nullable(),
      owner: z
        .strictObject({ id: z.string(), name: z.string() })
        .nullable()
        .meta({ description: "Null for the team's" }),
      rotatedTo: z.string().nullable().meta({ description: "Id of the token in its place" }),
      group: z.string().nullable().meta({ description: "Id of its group" }),
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
      keys: z.int().meta({ description: "Keys in its pool, whatever their status" }),
      createdAt: epochMs,
    }),
  ),
});

export const removedCustomProvider = z.strictObject({
  keysLeft: z.int().meta({ description: "Keys of its pool, which can't be used without it" }),
});

const usdPerMillion = z.number().meta({ description: "US dollars per million tokens" });

export const modelAliasList = z.strictObject({
  items: z.array(
    z.strictObject({
      name: z.string(),
      choice: z.enum(ALIAS_CHOICES),
      conversion: z.enum(ALIAS_CONVERSIONS),
      maxInputUsd: usdPerMillion.nullable(),
      maxOutputUsd: usdPerMillion.nullable(),
      targets: z.array(
        z.strictObject({
          provider: z.string(),
          model: z.string(),
          weight: z.int(),
          capabilities: z.array(z.enum(CAPABILITIES)),
          label: z
            .string()
            .nullable()
            .meta({ description: "Null if the provider no longer exists" }),
          keys: z.int().meta({ description: "Keys of its provider that are active" }),
          ready: z.int().meta({ description: "Keys that are not in cooldown" }),
          price: z.strictObject({ inputUsd: usdPerMillion, outputUsd: usdPerMillion }).nullable(),
          fitsPrice: z.boolean().meta({ description: "False: it is skipped" }),
        }),
      ),
      createdAt: epochMs,
      updatedAt: epochMs,
    }),
  ),
});

export const quotaLimitList = z.strictObject({
  items: z.array(
    z.strictObject({
      provider: z.string(),
      domain: z.string().nullable().meta({ description: "Null: of each key of the provider" }),
      limits: z.array(limitRule).meta({ description: "The most used first" }),
      updatedAt: epochMs,
    }),
  ),
});

export const previousQuotaLimits = z.strictObject({
  previous: z.array(limitRule).meta({ description: "Send them again to undo the change" }),
});

export const incidentList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      provider: z.string(),
      label: z.string(),
      rule: z.string().meta({ description: "What the failures had in common" }),
      meaning: z.string(),
      status: z.int().meta({ description: "The provider's HTTP status" }),
      words: z.string().meta({ description: "The provider's message, redacted" }),
      effect: z.enum(["block", "cool"]).meta({ description: "What was undone" }),
      keys: z.array(
        z.strictObject({
          id: z.string(),
          masked: z.string().nullable(),
          verdict: z.enum(["convicted", "acquitted"]).nullable().meta({
            description: "Whether a second witness blocked it, or it worked; null for neither",
          }),
        }),
      ),
      openedAt: epochMs,
      lastSeenAt: epochMs,
      endedAt: epochMs.nullable().meta({ description: "Null while it is open" }),
      endedBy: z
        .enum(["answer", "quiet"])
        .nullable()
        .meta({ description: "A key works again, or the incident was not seen for half an hour" }),
    }),
  ),
});

const usageSums = z.strictObject({
  requests: z.int(),
  attempts: z.int(),
  inputTokens: z.int().meta({ description: "Cached input and cache writes included" }),
  outputTokens: z.int().meta({ description: "Reasoning included" }),
  cachedInputTokens: z.int(),
  cacheWriteTokens: z.int(),
  reasoningTokens: z.int(),
  costUsd: z.number().meta({ description: "Of requests whose model has a known price" }),
  unpricedRequests: z.int().meta({ description: "Billed, but without a known price" }),
  estimatedRequests: z.int().meta({ description: "Their tokens are estimated" }),
});

export const usageReport = z.strictObject({
  rows: z.array(
    usageSums.extend({
      bucket: epochMs,
      group: z.string().meta({ description: "Empty if there is none" }),
    }),
  ),
  totals: usageSums,
});

const tokenCount = z.int().nullable();

const count = z.number();
const costBasis = z.strictObject({
  source: z.enum(["reported", "override", "list", "stated"]).meta({
    description:
      "Told by the answer, the team's own price, a list price, or the token's amount for unknown prices",
  }),
  model: z.string().optional().meta({ description: "Name under which the price was found" }),
  tier: z.enum(["flex", "priority", "batch", "fast"]).optional(),
  factor: z.number().optional().meta({ description: "Times the list price, for tier and place" }),
  units: z
    .strictObject({
      pages: count.optional(),
      searches: count.optional(),
      images: count.optional(),
      characters: z.number().optional(),
    })
    .optional()
    .meta({ description: "What was billed instead of tokens" }),
  tools: z
    .strictObject({
      webSearch: count.optional(),
      fileSearch: count.optional(),
      codeSession: count.optional(),
      groundedPrompt: count.optional(),
      groundingQuery: count.optional(),
    })
    .optional(),
  toolsUsd: z.number().optional().meta({ description: "Of the tools; a part of the cost" }),
  others: z.array(z.string()).optional().meta({ description: "Other models that took part" }),
});

const reachedLimit = z.strictObject({
  holder: z.enum(["token", "member", "group", "tag"]),
  id: z.string(),
  name: z.string().optional().meta({ description: "Of a group, or the tag" }),
  limit: z.enum(TOKEN_LIMITS),
  most: z.number().meta({ description: "The limit; dollars if its name ends in `Usd`" }),
  used: z.number().meta({
    description: "When the request was rejected; per minute, at least this much",
  }),
  held: z.number().meta({ description: "Reserved by requests that were in progress" }),
  renewsAt: epochMs.nullable().meta({
    description: "When there was room again; null if requests in progress held what was left",
  }),
});

const loggedRequest = z.strictObject({
  id: z.string(),
  at: epochMs,
  provider: z.string().nullable(),
  model: z.string().nullable(),
  tokenId: z.string().nullable(),
  userId: z.string().nullable(),
  keyId: z.string().nullable().meta({ description: "The key of the last attempt" }),
  outcome: z.enum(OUTCOMES),
  status: z.int(),
  errorCode: z.string().nullable().meta({ description: "One Balance's own, see docs/errors.md" }),
  reachedLimit: reachedLimit.nullable().meta({
    description: "The limit that the request exceeded, with `token_limit_reached`",
  }),
  durationMs: z.int(),
  timeToFirstTokenMs: z.int().nullable().meta({
    description: "To the first output: text, reasoning, a tool call, or a response in one piece",
  }),
  timeToFirstByteMs: z.int().nullable().meta({
    description: "To the provider's first byte, which may only say that work has started",
  }),
  isStream: z.boolean(),
  attempts: z.int(),
  inputTokens: tokenCount,
  outputTokens: tokenCount,
  cachedInputTokens: tokenCount,
  cacheWriteTokens: tokenCount,
  reasoningTokens: tokenCount,
  isEstimate: z.boolean(),
  costUsd: z.number().nullable().meta({ description: "Null if no price is known" }),
  costBasis: costBasis.nullable().meta({ description: "How the cost was computed" }),
  gatewayLogId: z.string().nullable(),
  turns: z.int().nullable().meta({
    description: "Answers of a WebSocket's session, of which this is all; null for requests",
  }),
  tags: z.record(z.string(), z.string()).nullable().meta({
    description: "What the caller and its token said about the request, see docs/tags.md",
  }),
});

export const requestPage = z.strictObject({
  items: z.array(loggedRequest),
  nextCursor: z.string().nullable().meta({
    description: "Null at the end; a page with few items, or none, may have a next one",
  }),
});

export const requestStory = loggedRequest.extend({
  attempts: z.array(
    z.strictObject({
      keyId: z.string(),
      maskedKey: z.string().nullable(),
      target: z
        .strictObject({ provider: z.string(), model: z.string().nullable() })
        .optional()
        .meta({ description: "Where it was sent, if an alias tried another target first" }),
      converted: z.string().optional().meta({
        description: "From which API to which the request was converted: `messages to chat`",
      }),
      dropped: z.array(z.string()).optional().meta({
        description: "Fields of the request that were left out",
      }),
      afterMs: z.int(),
      tookMs: z.int(),
      status: z.int().meta({ description: "The provider's; 0 if there was no response" }),
      meaning: z.string(),
      rule: z.string().nullable(),
      words: z.string().nullable().meta({ description: "The provider's message, redacted" }),
    }),
  ),
});

export const errorAnswer = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  }),
});

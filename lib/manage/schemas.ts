/**
 * Input of the verbs, as JSON. Objects are strict: a misspelled field is an error, and not silently ignored.
 * @module
 */
import { z } from "zod";
import { isTagName, isTagValue, MAX_TAGS } from "../tags/tags";
import { PRIORITY_CLASSES } from "../usage/token-limits";
import { atLeastOneField } from "./at-least-one-field";
import { limitRules } from "./limits/limit-rules-schema";
import { capFields, limitFields } from "./limits/limit-schemas";

export const name = z.string().trim().min(1).max(200);
const remark = z.string().trim().max(1_000);
const quotaDomain = name;
const groups = z
  .array(name)
  .min(1)
  .max(20)
  .transform((ids) => [...new Set(ids)].sort())
  .meta({ description: "Ids of the groups that it serves; null: everyone" });
const models = z
  .array(name)
  .min(1)
  .max(500)
  .meta({ description: "Model names; * matches any characters" });
const providers = z.array(name).min(1).max(100).meta({ description: "Provider slugs" });
const weight = z.int().min(1).max(100).meta({ description: "Share of the requests" });
const priority = z.int().min(0).max(9).meta({ description: "0 is used first" });
const limit = z.coerce.number().pipe(z.int().min(1).max(500)).default(100);

/** 1973 in milliseconds, the year 5138 in seconds: a lower number was meant as seconds. */
const MIN_EPOCH_MS = 100_000_000_000;

const time = z
  .union([
    z.int().min(MIN_EPOCH_MS, "expected epoch milliseconds, not seconds"),
    z.iso.datetime({ offset: true }),
    z.iso.date(),
  ])
  .transform((value) => (typeof value === "number" ? value : Date.parse(value)))
  .meta({ description: "ISO 8601 or epoch milliseconds" });

/** What people configure on a provider key; null clears. */
export const keySettings = z.strictObject({
  remark: remark.nullish(),
  weight: weight.optional(),
  priority: priority.optional(),
  quotaDomain: quotaDomain.nullish(),
  groups: groups.nullish(),
  models: models.nullish(),
  limits: limitRules
    .transform((rules) => (rules.length === 0 ? null : rules))
    .nullish()
    .meta({ description: "Of this key alone; a key of a quota domain has the domain's instead" }),
  ...capFields,
});

export type KeySettingsInput = z.output<typeof keySettings>;

/** A provider key with its settings. */
export const newKeySettings = keySettings.extend({ key: z.string() });

/** Lines are checked one by one (see `add-provider-keys.ts`), so an invalid one doesn't affect the others. */
export const addProviderKeysInput = z.strictObject({
  provider: name,
  keys: z.array(z.unknown()).min(1).max(20_000),
});
export type AddProviderKeysInput = z.output<typeof addProviderKeysInput>;

export const providerKeyFilter = z.strictObject({
  provider: name.optional(),
  status: z.enum(["active", "blocked", "disabled", "cooling", "ready"]).optional(),
  model: name.meta({ description: "Keys that can serve this model" }).optional(),
  group: name
    .optional()
    .meta({ description: "Id of a group: keys that serve it; common: keys that serve everyone" }),
  q: name.meta({ description: "Part of the masked key or the note" }).optional(),
});

export const listProviderKeysInput = providerKeyFilter.extend({
  limit,
  cursor: z.string().optional(),
});
export type ListProviderKeysInput = z.output<typeof listProviderKeysInput>;

export const updateProviderKeyInput = keySettings
  .extend({ status: z.enum(["active", "disabled"]).optional() })
  .refine(atLeastOneField, "nothing to change");
export type UpdateProviderKeyInput = z.output<typeof updateProviderKeyInput>;

/** An empty filter would select every key: that must be said explicitly. */
export const providerKeyTarget = z.union(
  [
    z.strictObject({ ids: z.array(name).min(1).max(20_000) }),
    z.strictObject({ filter: providerKeyFilter.refine(atLeastOneField) }),
  ],
  "expected either ids, or a filter with at least one field",
);
export type ProviderKeyTarget = z.output<typeof providerKeyTarget>;

export const deleteProviderKeysInput = providerKeyTarget;
export type DeleteProviderKeysInput = z.output<typeof deleteProviderKeysInput>;

/** Maximum wait of a request, no matter who sets it: see `lib/proxy/serve/quota-claim.ts`. */
const LONGEST_WAIT_SECONDS = 120;

/** Settings of a token that only admins can change: how it shares the pool, and the cost of unpriced models. */
const shareFields = {
  weight: weight.optional().meta({ description: "Share of the quota when it is scarce" }),
  priorityClass: z
    .enum(PRIORITY_CLASSES)
    .optional()
    .meta({ description: "Interactive requests are served before batch requests" }),
  maxWaitSeconds: z.int().min(0).max(LONGEST_WAIT_SECONDS).nullish().meta({
    description: "How long its requests wait for quota, unless they ask for less; null for 10 s",
  }),
  unpricedReserveUsd: z.number().positive().max(10_000).nullish().meta({
    description:
      "Under a budget of money, what a request counts for whose price is not known; null rejects it",
  }),
};

const tagName = z.string().trim().refine(isTagName, "no name of a tag");
const tagText = z.string().trim().refine(isTagValue, "no value of a tag");

/** What only admins say about the tags of a token's requests; see `lib/usage/tags.ts`. */
const tagFields = {
  fixedTags: z
    .record(tagName, tagText)
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `at most ${MAX_TAGS} tags`)
    .nullish()
    .meta({ description: "Tags of all its requests, which callers can't override" }),
  requiredTags: z.array(tagName).max(MAX_TAGS).nullish().meta({
    description: "Names of tags without which its requests are rejected",
  }),
};

const accessTokenSettings = z.strictObject({
  providers: providers.nullish(),
  models: models.nullish(),
  expiresAt: time.nullish(),
  ...limitFields,
  ...shareFields,
  ...tagFields,
});

const group = name.nullish().meta({
  description: "Id of the group that it belongs to; once set, it can't be changed",
});

const owner = name.nullable().optional().meta({
  description:
    "Id of the member whose token it is, not a viewer; null: the team. Only admins choose",
});

export const createAccessTokenInput = accessTokenSettings.extend({
  name,
  group,
  owner,
  forAdminApi: z.boolean().optional().meta({
    description: "Acts in the admin API with the rights of its owner, and calls no provider",
  }),
});
export type CreateAccessTokenInput = z.output<typeof createAccessTokenInput>;

export const updateAccessTokenInput = accessTokenSettings
  .extend({ name: name.optional(), status: z.enum(["active", "paused"]).optional(), group, owner })
  .refine(atLeastOneField, "nothing to change");
export type UpdateAccessTokenInput = z.output<typeof updateAccessTokenInput>;

const DAY_SECONDS = 86_400;

export const rotateAccessTokenInput = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(30 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .meta({ description: "How long the old token keeps working" }),
});
export type RotateAccessTokenInput = z.output<typeof rotateAccessTokenInput>;

export const listAccessTokensInput = z.strictObject({
  status: z
    .enum(["active", "paused", "expired", "revoked", "current"])
    .optional()
    .meta({ description: "active: not expired; current: not revoked" }),
  group: name.optional().meta({ description: "Id of a group: its tokens" }),
  q: name
    .meta({ description: "Part of the name, the masked token or the owner's name" })
    .optional(),
  limit,
  cursor: z.string().optional(),
});
export type ListAccessTokensInput = z.output<typeof listAccessTokensInput>;

/**
 * Input of the verbs that manage many provider keys, as JSON (see `schemas.ts`).
 * @module
 */
import { z } from "zod";
import { FIGURE_ORDERS } from "../../usage/figures/figure-order";
import { atLeastOneField } from "../at-least-one-field";
import { keySettings, name, providerKeyFilter, providerKeyTarget } from "../schemas";

const ids = z.array(name).min(1).max(20_000);

const keyChange = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("disable") }),
  z.strictObject({ kind: z.literal("enable") }).meta({ description: "Enables disabled keys" }),
  z.strictObject({ kind: z.literal("unblock") }).meta({ description: "Unblocks blocked keys" }),
  z.strictObject({
    kind: z.literal("end-cooldowns"),
    model: z
      .string()
      .max(200)
      .optional()
      .meta({ description: "Only cooldowns for this model; * for those for every model" }),
  }),
  z.strictObject({
    kind: z.literal("set"),
    settings: keySettings.refine(atLeastOneField, "nothing to change"),
  }),
]);

export const changeProviderKeysInput = z.strictObject({
  target: providerKeyTarget,
  change: keyChange,
});
export type ChangeProviderKeysInput = z.output<typeof changeProviderKeysInput>;

/** What `change-provider-keys` returns as `undo`. */
export const undoProviderKeysInput = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("disable"), ids }),
  z.strictObject({ kind: z.literal("enable"), ids }),
  z.strictObject({
    kind: z.literal("set"),
    /** Keys by the settings they had. */
    groups: z
      .array(z.strictObject({ ids, settings: keySettings.refine(atLeastOneField) }))
      .min(1)
      .max(20_000),
  }),
]);
export type UndoProviderKeysInput = z.output<typeof undoProviderKeysInput>;

export const browseProviderKeysInput = providerKeyFilter.extend({
  provider: name,
  order: z
    .enum([
      ...([
        "created",
        "lastUsed",
        "status",
        "remark",
        "weight",
        "priority",
        "quotaDomain",
      ] as const),
      ...FIGURE_ORDERS,
    ])
    .default("created"),
  direction: z.enum(["asc", "desc"]).default("desc"),
  /** From 1. */
  page: z.int().min(1).max(10_000).default(1),
  pageSize: z.int().min(1).max(200).default(50),
});
export type BrowseProviderKeysInput = z.output<typeof browseProviderKeysInput>;

/** A call waits for at most this many responses of a provider; for more keys, make more calls. */
export const checkProviderKeysInput = z.strictObject({ ids: z.array(name).min(1).max(50) });
export type CheckProviderKeysInput = z.output<typeof checkProviderKeysInput>;

export const providerKeyFilterInput = providerKeyFilter;
export type ProviderKeyFilterInput = z.output<typeof providerKeyFilterInput>;

export const exportProviderKeysInput = z.strictObject({
  filter: providerKeyFilter,
  format: z.enum(["csv", "json"]),
  /** The acting member's: only with it are the keys themselves in the file. */
  password: z.string().min(1).max(1_000).optional(),
});
export type ExportProviderKeysInput = z.output<typeof exportProviderKeysInput>;

export const previewProviderKeysInput = z.strictObject({
  /** The provider of all keys; null to recognize it for each. */
  provider: name.nullable(),
  keys: z
    .array(z.strictObject({ text: z.string(), hint: z.string().max(200).nullable() }))
    .min(1)
    .max(2_000),
});
export type PreviewProviderKeysInput = z.output<typeof previewProviderKeysInput>;

export const resealProviderKeysInput = z.strictObject({
  limit: z
    .int()
    .min(1)
    .max(1000)
    .default(200)
    .meta({ description: "Maximum number of keys in this request" }),
});
export type ResealProviderKeysInput = z.output<typeof resealProviderKeysInput>;

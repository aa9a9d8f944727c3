/**
 * Input and output of the import, as JSON (see `schemas.ts`).
 * @module
 */
import { z } from "zod";
import { LEFT_OUT } from "../../moving-in/found-keys";
import { SOURCE_FORMS } from "../../moving-in/source-key";
import { addCustomProviderInput } from "../providers/custom-provider-schema";
import { keySettings, name } from "../schemas";

const form = z
  .enum(SOURCE_FORMS)
  .meta({ description: "The tool they come from; text for CSV, .env and lists" });

/** One key as `lib/moving-in` reads it. Each is checked separately, so an invalid one doesn't affect the others. */
export const sourceKey = z.strictObject({
  text: z.string(),
  position: z.int().min(1).meta({ description: "Line, row or entry: named where it is rejected" }),
  service: z.string().max(200).nullable().default(null),
  hint: z.string().max(500).nullable().default(null),
  baseUrl: z.string().max(2_000).nullable().default(null),
  settings: keySettings.default({}),
  state: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("active") }),
      z.strictObject({ kind: z.literal("disabled") }),
      z.strictObject({
        kind: z.literal("blocked"),
        meaning: z.enum(["key_blocked", "key_doubtful"]),
        words: z.string().max(10_000),
      }),
    ])
    .default({ kind: "active" }),
  cooldowns: z
    .array(z.strictObject({ model: z.string().max(200), untilMs: z.int().min(0) }))
    .max(1_000)
    .readonly()
    .default([]),
});

const choices = {
  dryRun: z.boolean().default(false).meta({ description: "Preview only: changes nothing" }),
  provider: name
    .nullable()
    .default(null)
    .meta({ description: "Provider slug for keys that can't be recognized" }),
  providers: z
    .record(z.string().max(500), name)
    .default({})
    .meta({ description: "Provider slugs for unknown services, by their names in `unknown`" }),
  groups: z
    .array(name)
    .min(1)
    .max(20)
    .optional()
    .meta({ description: "Ids of groups: the added keys serve only them, not everyone" }),
};

export const importKeysInput = z.strictObject({
  ...choices,
  form,
  keys: z.array(z.unknown()).min(1).max(20_000),
});
export type ImportKeysInput = z.output<typeof importKeysInput>;

export const importSourceInput = z.strictObject({
  ...choices,
  text: z.string().min(1).meta({
    description:
      "SQL dump, JSON, YAML, CSV, .env or list, of one-balance, gpt-load, new-api, one-api, LiteLLM or no tool",
  }),
  fileName: z.string().max(500).default(""),
});
export type ImportSourceInput = z.output<typeof importSourceInput>;

/** Either the text, which is then parsed here, or keys that were already parsed. */
export const importInput = z.union(
  [importSourceInput, importKeysInput],
  "expected either a text, or keys and their form",
);

/** The same for the API document, which describes each key. */
export const importBody = z.union([
  importSourceInput,
  importKeysInput.extend({ keys: z.array(sourceKey).min(1) }),
]);

export const IMPORT_PROBLEMS = [
  "empty",
  "too-long",
  "line-break",
  "whitespace",
  "characters",
  "json",
  "settings",
  "elsewhere",
  "pair",
  "sealed",
  "malformed",
] as const;
export type ImportProblem = (typeof IMPORT_PROBLEMS)[number];

/** With `dryRun`, what would be. */
export const importedKeys = z.strictObject({
  dryRun: z.boolean(),
  form,
  added: z.int(),
  duplicates: z.int().meta({ description: "In the pool already, or repeated in the source" }),
  changed: z
    .int()
    .meta({ description: "Of the duplicates, those that got a note or a quota domain" }),
  skipped: z.int().meta({ description: "Entries and lines that contain no key" }),
  leftOut: z
    .array(z.strictObject({ position: z.int(), code: z.enum(LEFT_OUT), reason: z.string() }))
    .meta({ description: "The same with their reasons, the first 1,000" }),
  rejected: z.array(
    z.strictObject({ position: z.int(), code: z.enum(IMPORT_PROBLEMS), reason: z.string() }),
  ),
  providers: z
    .array(
      z.strictObject({
        provider: z.string(),
        added: z.int(),
        blocked: z.int().meta({ description: "Of the added" }),
        disabled: z.int(),
        cooling: z.int(),
        duplicates: z.int(),
        changed: z.int(),
      }),
    )
    .meta({ description: "Sorted by slug" }),
  unknown: z
    .array(
      z.strictObject({
        name: z.string().meta({ description: "Its host or name; empty if unknown" }),
        keys: z.int(),
        proposal: addCustomProviderInput.nullable().meta({
          description: "Input for POST custom-providers; nothing is created automatically",
        }),
      }),
    )
    .meta({ description: "Services whose keys are skipped" }),
});
export type ImportedKeys = z.output<typeof importedKeys>;
export type ProviderImport = ImportedKeys["providers"][number];

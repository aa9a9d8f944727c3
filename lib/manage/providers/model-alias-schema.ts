/**
 * Validation of model aliases, for the form and for the verbs: one check, with messages in the reader's language. The
 * verbs check whether the providers exist.
 * @module
 */
import { z } from "zod";
import { ALIAS_CHOICES, ALIAS_CONVERSIONS, CAPABILITIES } from "../../models/model-alias";

export type ModelAliasProblem =
  | "name_shape"
  | "no_targets"
  | "too_many_targets"
  | "provider_missing"
  | "model_missing"
  | "model_too_long"
  | "model_shape"
  | "same_target"
  | "bad_weight"
  | "bad_price";

const MOST_TARGETS = 20;
const HIGHEST_USD = 1_000_000;

/** @param say Returns the message for a problem. */
export function modelAliasSchema(say: (problem: ModelAliasProblem) => string) {
  const badWeight = say("bad_weight");
  const weight = z.number(badWeight).int(badWeight).min(1, badWeight).max(100, badWeight);
  const badPrice = say("bad_price");
  const maxUsd = z.number(badPrice).min(0, badPrice).max(HIGHEST_USD, badPrice).nullable().meta({
    description:
      "US dollars per million tokens; more expensive targets are skipped. Null for no limit",
  });
  const target = z.strictObject({
    provider: z
      .string()
      .trim()
      .min(1, say("provider_missing"))
      .max(60)
      .meta({ description: "Slug" }),
    model: z
      .string()
      .trim()
      .min(1, say("model_missing"))
      .max(200, say("model_too_long"))
      // It is used in addresses and headers, which allow no control characters and no lone surrogates.
      .regex(/^[^*\p{C}]*$/u, say("model_shape")),
    weight: weight.default(1).meta({ description: "Counts where the choice is weighted" }),
    capabilities: z
      .array(z.enum(CAPABILITIES))
      .default([...CAPABILITIES])
      .transform((marked) => CAPABILITIES.filter((each) => marked.includes(each)))
      .meta({ description: "What it is marked for; requests that need more skip it" }),
  });
  return z.strictObject({
    // No slash, which separates a provider from its model, and no character with a special meaning in an address.
    name: z
      .string()
      .trim()
      .regex(/^[A-Za-z\d][\w.-]{0,99}$/, say("name_shape")),
    choice: z.enum(ALIAS_CHOICES).default("ordered"),
    targets: z
      .array(target)
      .min(1, say("no_targets"))
      .max(MOST_TARGETS, say("too_many_targets"))
      .superRefine((targets, check) => {
        const seen = new Set<string>();
        for (const [index, { provider, model }] of targets.entries()) {
          const key = `${provider}/${model}`;
          if (seen.has(key)) {
            check.addIssue({ code: "custom", message: say("same_target"), path: [index, "model"] });
          }
          seen.add(key);
        }
      }),
    conversion: z.enum(ALIAS_CONVERSIONS).default("needed").meta({
      description: "Whether requests may be converted to another API for a target",
    }),
    maxInputUsd: maxUsd.default(null),
    maxOutputUsd: maxUsd.default(null),
  });
}

const ENGLISH: Readonly<Record<ModelAliasProblem, string>> = {
  name_shape:
    "1 to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or digit",
  no_targets: "at least one target is needed",
  too_many_targets: `at most ${MOST_TARGETS} targets`,
  provider_missing: "a provider is needed",
  model_missing: "a model is needed",
  model_too_long: "at most 200 characters",
  model_shape: "one model's name, without * and control characters",
  same_target: "this target is there already",
  bad_weight: "a whole number from 1 to 100",
  bad_price: "a number of dollars, 0 or more",
};

export const addModelAliasInput = modelAliasSchema((problem) => ENGLISH[problem]);
export type AddModelAliasInput = z.output<typeof addModelAliasInput>;

/** The name can't change: clients and tokens use it. Fields that aren't given stay unchanged. */
const { choice, targets, conversion, maxInputUsd, maxOutputUsd } = addModelAliasInput.shape;
export const modelAliasChanges = z.strictObject({
  choice: choice.unwrap().optional(),
  targets: targets.optional(),
  conversion: conversion.unwrap().optional(),
  maxInputUsd: maxInputUsd.unwrap().optional(),
  maxOutputUsd: maxOutputUsd.unwrap().optional(),
});
export const changeModelAliasInput = modelAliasChanges.extend({
  name: addModelAliasInput.shape.name,
});
export type ChangeModelAliasInput = z.output<typeof changeModelAliasInput>;

export const removeModelAliasInput = addModelAliasInput.pick({ name: true });
export type RemoveModelAliasInput = z.output<typeof removeModelAliasInput>;

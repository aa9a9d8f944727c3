/**
 * The contents of an alias's form.
 * @module
 */
import type { z } from "zod";
import type { ModelAliasItem } from "@/lib/manage/providers/list-model-aliases";
import type { modelAliasSchema } from "@/lib/manage/providers/model-alias-schema";
import { CAPABILITIES } from "@/lib/models/model-alias";

export type AliasFields = z.input<ReturnType<typeof modelAliasSchema>>;

export function newTarget(): AliasFields["targets"][number] {
  return { provider: "", model: "", weight: 1, capabilities: [...CAPABILITIES] };
}

export const NEW_ALIAS: AliasFields = {
  name: "",
  choice: "ordered",
  targets: [newTarget()],
  conversion: "needed",
  maxInputUsd: null,
  maxOutputUsd: null,
};

export function fieldsOf(alias: ModelAliasItem): AliasFields {
  const { name, choice, conversion, maxInputUsd, maxOutputUsd, targets } = alias;
  return {
    name,
    choice,
    conversion,
    maxInputUsd,
    maxOutputUsd,
    targets: targets.map(({ provider, model, weight, capabilities }) => ({
      provider,
      model,
      weight,
      capabilities: [...capabilities],
    })),
  };
}

/** Typed values are text, stored ones numbers; an empty field means no limit, not 0. */
export function priceLimit(text: string): number | null {
  return text === "" ? null : Number(text);
}

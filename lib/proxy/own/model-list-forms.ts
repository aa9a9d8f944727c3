/**
 * A list of models in each of the shared API formats. Pure.
 *
 * Sources: platform.openai.com/docs/api-reference/models, platform.claude.com/docs/en/api/models-list,
 * ai.google.dev/api/models.
 * @module
 */
import type { SharedForm } from "../route/shared-form";

export interface ListedModel {
  /** The name used in requests: `{provider}/{model}`, or an alias. */
  readonly id: string;
  /** The provider's slug; `one-balance` for an alias. */
  readonly owner: string;
  /** Without the provider. */
  readonly model: string;
}

/** A placeholder: no source says when a model was created. */
const MADE_AT = "1970-01-01T00:00:00Z";

const GOOGLE_METHODS = ["generateContent", "streamGenerateContent", "countTokens"];

const ENTRIES = {
  openai: ({ id, owner }: ListedModel) => ({ id, object: "model", created: 0, owned_by: owner }),
  anthropic: ({ id }: ListedModel) => ({
    type: "model",
    id,
    display_name: id,
    created_at: MADE_AT,
  }),
  google: ({ model }: ListedModel) => ({
    name: `models/${model}`,
    displayName: model,
    supportedGenerationMethods: GOOGLE_METHODS,
  }),
} as const satisfies Record<SharedForm, (model: ListedModel) => unknown>;

export function modelEntry(model: ListedModel, form: SharedForm): unknown {
  return ENTRIES[form](model);
}

/** All of them on one page. */
export function modelList(models: readonly ListedModel[], form: SharedForm): unknown {
  if (form === "openai") return { object: "list", data: models.map(ENTRIES.openai) };
  if (form === "google") return { models: models.map(ENTRIES.google) };
  return {
    data: models.map(ENTRIES.anthropic),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}

import { EXAMPLE_MODELS } from "../../lib/snippets/example-model.ts";
import { ExpectedError } from "../expected-error.ts";

/** A model as `GET /v1/models` lists it. */
export interface ListedModel {
  /** `{provider}/{model}`, or an alias. */
  readonly id: string;
  readonly owned_by: string;
}

export interface ModelChoice {
  /** The name at the shared entry point. */
  readonly model: string;
  /** The name for a client with its own entry point; null for its own choice. */
  readonly own: string | null;
  /** What else can be chosen: aliases, and a usual model of each provider. */
  readonly others: readonly string[];
}

/** So that a client's menu stays readable. */
const MAX_OTHERS = 40;

/**
 * @param door The provider whose API the client uses, with its own models.
 * @param wanted As the person named it; empty for none.
 * @param last The client's previous setting; empty for none.
 * @throws {ExpectedError} if the pool doesn't have it, or has nothing.
 */
export function chooseModel(
  door: "anthropic" | "google-ai-studio" | null,
  models: readonly ListedModel[],
  wanted: string,
  last: string,
): ModelChoice {
  const aliases = models.filter(({ owned_by }) => owned_by === "one-balance").map(({ id }) => id);
  const ids = new Set(models.map(({ id }) => id));
  const usual = [...EXAMPLE_MODELS].map(([provider, model]) => `${provider}/${model}`);
  const others = [...aliases, ...usual.filter((id) => ids.has(id))];
  // At its own entry point, a client's models have their own names.
  const served = (name: string) => [name, `${door}/${name}`].find((id) => ids.has(id)) ?? "";
  if (wanted !== "" && served(wanted) === "") {
    throw new ExpectedError(
      `this token reaches no model ${JSON.stringify(wanted)}; GET /v1/models lists what it does`,
    );
  }
  const asked = served(wanted !== "" ? wanted : last);
  const hasDoor = door !== null && models.some(({ owned_by }) => owned_by === door);
  const model = asked !== "" ? asked : (others[0] ?? models[0]?.id);
  if (model === undefined) throw new ExpectedError("this token reaches no model yet");
  const own = asked === "" && hasDoor ? null : model;
  return { model, own, others: others.filter((id) => id !== model).slice(0, MAX_OTHERS) };
}

/**
 * `GET models` and `GET models/{id}` at the entry points that several providers share.
 * @module
 */
import type { ModelAlias, RouteTarget } from "../../models/model-alias";
import { tokenAllows } from "../account/token-allows";
import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import type { SharedFacts } from "../request/request-facts";
import type { RequestScope } from "../request-scope";
import { knownProvider } from "../route/known-provider";
import { tokenAllowsTarget } from "../route/route-targets";
import { canServe, servableModels } from "../route/served-models";
import { type SharedForm, speaksForm } from "../route/shared-form";
import type { OwnAnswer } from "./json-answer";
import { type ListedModel, modelEntry, modelList } from "./model-list-forms";

const MODELS = /^(?:v1(?:beta|alpha)?\/)?(?:openai\/)?models(?:\/(.*))?$/;

/** Names contain slashes, which some clients escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The models with `{provider}/{model}` names and the aliases, except those the token may not use, as a list or a single
 * entry, in the request's format. Null for other requests.
 * @throws {ProxyError} `model_not_found` for a name that isn't in the list.
 */
export function modelsOf(facts: SharedFacts, scope: RequestScope): Promise<OwnAnswer> | null {
  if (facts.request.method !== "GET") return null;
  const [found, escaped = ""] = MODELS.exec(facts.path) ?? [];
  if (found === undefined) return null;
  return listOrEntry(escaped === "" ? null : decoded(escaped), facts, scope);
}

/** @param name The entry's name; null for the list. */
async function listOrEntry(
  name: string | null,
  { form, token }: SharedFacts,
  scope: RequestScope,
): Promise<OwnAnswer> {
  const listed = await listedModels(form, token, scope);
  if (name === null) return { body: modelList(listed, form) };
  const model = listed.find(
    ({ id, model }) => id === name || (form === "google" && model === name),
  );
  if (model !== undefined) return { body: modelEntry(model, form) };
  throw new ProxyError(
    "model_not_found",
    `The model ${JSON.stringify(name.slice(0, MAX_SHOWN_CHARS))} is not in the list of GET /api/compat/models.`,
  );
}

/** The most characters of a name in a message. */
const MAX_SHOWN_CHARS = 200;

async function listedModels(
  form: SharedForm,
  token: AccessToken,
  scope: RequestScope,
): Promise<readonly ListedModel[]> {
  await scope.ports.state.whole(scope.keep);
  const served = await servableModels(scope);
  const models = served
    .filter(({ provider }) => form !== "google" || provider.protocol === "google")
    .flatMap(({ provider: { slug }, models }) =>
      models
        .filter((model) => tokenAllows(token, slug, model, "POST"))
        .map((model) => ({ id: `${slug}/${model}`, owner: slug, model })),
    );
  const aliases = [...scope.ports.state.modelAliases().values()]
    .filter((alias) => alias.targets.some((target) => canLead(alias, target, form, token, scope)))
    .map(({ name }) => ({ id: name, owner: "one-balance", model: name }));
  return [...aliases, ...models];
}

/** Whether an alias has a target that the token may use, with a pool that supports the format. */
function canLead(
  alias: ModelAlias,
  target: RouteTarget,
  form: SharedForm,
  token: AccessToken,
  scope: RequestScope,
): boolean {
  const provider = knownProvider(target.provider, scope);
  return (
    provider !== undefined &&
    speaksForm(provider, form) &&
    canServe(provider, target.model, scope) &&
    tokenAllowsTarget(token, alias, target)
  );
}

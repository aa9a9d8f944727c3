/**
 * Parallel. Facts are from docs.parallel.ai and AI Gateway's page on Parallel.
 * @module
 */
import { basePath } from "../base-path";
import { asBearer, inHeader } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import type { Provider } from "../types";

export const parallel: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "parallel",
  label: "Parallel",
  usageFormat: "openai",
  compatSlug: "parallel",
  ...basePath({ base: "https://api.parallel.ai", prefixes: [] }),
  placeKey: inHeader("x-api-key"),
  withholds: { credentials: { headers: ["x-api-key", "authorization"] }, accounts: {} },
  model: { body: ["model", "processor"], further: ["inputs[].processor"] },
  // Its tasks are runs, and name their processor.
  hidesModel: { paths: [/(?:^|\/)(?:findall|monitors)(?:\/|$)/], fields: [] },
  needsModel: /(?:^|\/)chat\/completions$/,
  openAiCompatible: { chatCompletions: "chat/completions", placeKey: asBearer },
};
